from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_likely_pairs")]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_name"),
        migrations.RemoveIndex(model_name="person", name="person_initials"),
        migrations.RemoveIndex(model_name="person", name="person_spelling"),
        migrations.AddIndex(model_name="person", index=models.Index(fields=["name", "id"], name="person_name")),
        migrations.AddIndex(model_name="person", index=models.Index(fields=["initials", "id"], name="person_initials")),
        migrations.AddIndex(model_name="person", index=models.Index(fields=["spelling", "id"], name="person_spelling")),
    ]
