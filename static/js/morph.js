// Bring a piece of the page to what the server has drawn afresh, keeping every element that is still there: so focus,
// open details, typed text and playing sound survive. The slow path; hot fields are patched one by one (job-row.js).

// An option is what it stands for, and a form what it does: neither becomes another that is drawn in its place.
const OWN = { OPTION: "value", OPTGROUP: "label", FORM: "action" };

const keyOf = (node) =>
  node.id || node.dataset?.key || node.dataset?.job || node.getAttribute?.(OWN[node.nodeName] ?? "src") || "";

const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function attributes(from, to) {
  for (const { name } of [...from.attributes]) {
    // A disclosure's state is the reader's.
    if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (name !== "open" && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

export function morph(from, to) {
  if (!alike(from, to)) {
    from.replaceWith(to);
    return to;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return from;
  }
  // What scripts or readers own: [data-keep], a player, the field that is being typed in.
  if (from.hasAttribute("data-keep") || from.matches("audio, video, input[name=csrfmiddlewaretoken]")) return from;
  if (from === document.activeElement && from.matches("input, select, textarea")) return from;
  const picked = from.matches("select") && [...from.selectedOptions].find((option) => !option.defaultSelected);
  attributes(from, to);
  children(from, to);
  // What was picked stays picked as long as it may be, whatever the server would propose now.
  if (picked?.parentNode && from.contains(picked)) picked.selected = true;
  return from;
}

function children(from, to) {
  const old = [...from.childNodes];
  let place = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const found = old.find((node) => node && alike(node, wanted));
    if (!found) {
      from.insertBefore(wanted, place);
      continue;
    }
    old[old.indexOf(found)] = null;
    // Only what stands in the wrong place is moved: moving a player stops it.
    if (found === place) place = place.nextSibling;
    else from.insertBefore(found, place);
    morph(found, wanted);
  }
  for (const node of old) node?.remove();
}
