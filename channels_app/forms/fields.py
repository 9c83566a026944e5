"""Fields and manners that the forms share."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

TEXT_BYTES = 1024 * 1024
WORDS_CHARACTERS = 4000


class WordList(forms.CharField):
    """Words separated by commas, kept as a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=WORDS_CHARACTERS, **options)

    def prepare_value(self, value: Any) -> Any:
        """A list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The list, without repeats. Raises ValidationError for a list of anything but words, and for too many."""
        if isinstance(value, list):
            if not all(isinstance(word, str) for word in value):
                raise ValidationError(f"{self.label}: give words alone.")
            if sum(len(word) + 1 for word in value) > WORDS_CHARACTERS:
                raise ValidationError(f"{self.label}: give at most {WORDS_CHARACTERS:,} characters in all.")
            return list(dict.fromkeys(word.strip() for word in value if word.strip()))
        typed = super().to_python(value) or ""
        return list(dict.fromkeys(word.strip() for word in typed.split(",") if word.strip()))

    def run_validators(self, value: Any) -> None:
        """The model's own rules come after; here only what stands in the way of keeping it at all."""
        if any("\x00" in word for word in value):
            raise ValidationError(f"{self.label}: remove the null characters.")


class LongText(forms.CharField):
    """A text of many lines: kept as it is typed, with one kind of line end whatever the browser sends."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value: Any) -> str:
        """The text with `\\n` at the ends of lines."""
        return one_line_end(super().to_python(value) or "")


def one_line_end(text: str) -> str:
    """The text with `\\n` at the ends of lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class TextUpload(forms.FileField):
    """A text file. Its cleaned value is the text, or None without a file."""

    def __init__(self, suffixes: tuple[str, ...], **options: Any) -> None:
        self.suffixes = suffixes
        accepted = ", ".join(suffixes)
        options.setdefault("help_text", f"{accepted}; UTF-8, at most 1 MB.")
        super().__init__(
            required=False, widget=forms.ClearableFileInput(attrs={"accept": ",".join(suffixes)}), **options
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Read it. Raises ValidationError that says what is wrong with the file."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        if PurePath(upload.name).suffix.lower() not in self.suffixes:
            raise ValidationError(f"File: “{upload.name}” is no {' or '.join(self.suffixes)} file. Choose another.")
        if upload.size > TEXT_BYTES:
            raise ValidationError("File: it is larger than 1 MB. Upload a shorter one.")
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError("File: this is no UTF-8 text. Save it as plain text in UTF-8.") from None
        if "\x00" in text:
            raise ValidationError("File: this is no text. Save it as plain text in UTF-8.")
        return UploadedText(PurePath(upload.name).stem.replace("_", " ").strip(), one_line_end(text))


class UploadedText:
    """What stands in an uploaded text file, and the title that its name suggests."""

    def __init__(self, title: str, text: str) -> None:
        self.title, self.text = title[:200], text


class WithUpload(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose text is written, pasted, or uploaded as a file; a file's name stands in for a missing title."""

    text_field = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance._state.adding:
            self.fields["title"].required = False
        else:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        """Text and title from one of the two. Adds errors to the fields they belong to."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload: UploadedText | None = cleaned.get("file")
        written = cleaned.get(self.text_field) or ""
        if upload and written.strip():
            self.add_error("file", "File: there is text in the field as well. Empty the field, or upload no file.")
        elif upload:
            cleaned[self.text_field] = upload.text
            cleaned["title"] = cleaned.get("title") or upload.title
        if not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", "Title: give it a name.")
        return cleaned
