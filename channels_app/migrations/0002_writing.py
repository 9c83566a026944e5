
import channels_app.models.channel
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels_app', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='script',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('is_stale', models.BooleanField(default=False)),
                ('model', models.CharField(blank=True, max_length=160)),
                ('prompt', models.CharField(blank=True, max_length=80)),
                ('made_by_job', models.UUIDField()),
                ('job_position', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('verdict', models.CharField(choices=[('verified', 'Verified'), ('unverified', 'Unverified'), ('disputed', 'Disputed'), ('opinion', 'Opinion')], max_length=10)),
                ('reason', models.CharField(choices=[('matches', 'Matches a source'), ('numbers_differ', 'Numbers differ, check'), ('no_source', 'No source found'), ('opinion', 'No fact to check'), ('judged', 'Judged by a model')], max_length=20)),
                ('confidence', models.FloatField(blank=True, null=True)),
                ('explanation', models.TextField(blank=True)),
                ('sources', models.JSONField(blank=True, default=list)),
                ('script', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='channels_app.script')),
            ],
            options={
                'ordering': ('start', 'end'),
                'abstract': False,
                'indexes': [models.Index(fields=['script', 'start'], name='claim_place')],
                'constraints': [models.UniqueConstraint(fields=('made_by_job', 'job_position'), name='claim_once_per_job_position'), models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='claim_span')],
            },
        ),
        migrations.CreateModel(
            name='Idea',
            fields=[
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('hook', models.TextField(blank=True, max_length=1000)),
                ('angle', models.TextField(blank=True, max_length=2000)),
                ('tags', models.JSONField(blank=True, default=list, validators=[channels_app.models.channel.check_words])),
                ('type', models.CharField(choices=[('short', 'Short'), ('long', 'Long')], default='short', max_length=5)),
                ('source', models.CharField(choices=[('ai', 'AI'), ('discover', 'Discover'), ('manual', 'Manual')], default='manual', max_length=10)),
                ('source_data', models.JSONField(blank=True, default=dict)),
                ('model', models.CharField(blank=True, max_length=160)),
                ('prompt', models.CharField(blank=True, max_length=80)),
                ('made_by_job', models.UUIDField(blank=True, null=True)),
                ('job_position', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ideas', to='channels_app.channel')),
                ('script', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='ideas', to='channels_app.script')),
            ],
            options={
                'ordering': ('-created_at', '-id'),
                'indexes': [models.Index(fields=['channel', '-created_at'], name='idea_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('made_by_job__isnull', False)), fields=('made_by_job', 'job_position'), name='idea_once_per_job_position')],
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('is_stale', models.BooleanField(default=False)),
                ('model', models.CharField(blank=True, max_length=160)),
                ('prompt', models.CharField(blank=True, max_length=80)),
                ('made_by_job', models.UUIDField()),
                ('job_position', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('hits', models.JSONField(default=list)),
                ('fix', models.TextField(blank=True)),
                ('fixed_by', models.CharField(blank=True, max_length=160)),
                ('state', models.CharField(choices=[('open', 'Open'), ('applied', 'Applied'), ('dismissed', 'Dismissed')], default='open', max_length=10)),
                ('script', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='channels_app.script')),
            ],
            options={
                'ordering': ('start', 'end'),
                'abstract': False,
                'indexes': [models.Index(fields=['script', 'start'], name='passage_place')],
                'constraints': [models.UniqueConstraint(fields=('made_by_job', 'job_position'), name='passage_once_per_job_position'), models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='passage_span')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('body', models.TextField(blank=True)),
                ('words', models.PositiveIntegerField(default=0)),
                ('origin', models.CharField(choices=[('written', 'Written'), ('model', 'By a model'), ('offline', 'By the offline author'), ('fixed', 'Style fixes'), ('restored', 'Restored')], default='written', max_length=10)),
                ('state', models.CharField(choices=[('kept', 'Kept'), ('proposed', 'Proposed'), ('discarded', 'Discarded')], default='kept', max_length=10)),
                ('model', models.CharField(blank=True, max_length=160)),
                ('prompt', models.CharField(blank=True, max_length=80)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('is_autosave', models.BooleanField(default=False)),
                ('base_version', models.PositiveIntegerField(blank=True, null=True)),
                ('made_by_job', models.UUIDField(blank=True, null=True)),
                ('job_position', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('script', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='channels_app.script')),
            ],
            options={
                'ordering': ('-number',),
                'constraints': [models.UniqueConstraint(fields=('script', 'number'), name='revision_number'), models.UniqueConstraint(condition=models.Q(('made_by_job__isnull', False)), fields=('made_by_job', 'job_position'), name='revision_once_per_job_position')],
            },
        ),
    ]
