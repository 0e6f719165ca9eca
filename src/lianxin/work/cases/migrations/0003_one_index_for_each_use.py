"""One index for each use: none twice, those that queries ask for added; tables that change often are tidied often."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_unknown_names"),
        ("cases", "0002_reachable_reporters"),
        ("dispatch", "0002_model_judgements"),
        ("organizations", "0001_units_and_responsibilities"),
    ]

    operations = [
        migrations.AlterField(
            model_name="approval",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="cases.case"
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="handler",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="post",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.post",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.unit",
            ),
        ),
        migrations.AlterField(
            model_name="call",
            name="unit",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"
            ),
        ),
        migrations.AlterField(
            model_name="call",
            name="whistle",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="cases.whistle"
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dispatch.category",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="cases.case",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="number",
            field=models.CharField(max_length=24),
        ),
        migrations.AlterField(
            model_name="case",
            name="parent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="cases.case",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="standard",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.filingstandard",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="clocks", to="cases.case"
            ),
        ),
        migrations.AlterField(
            model_name="feedback",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="feedback", to="cases.case"
            ),
        ),
        migrations.AlterField(
            model_name="fieldtask",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="field_tasks", to="cases.case"
            ),
        ),
        migrations.AlterField(
            model_name="fieldtask",
            name="done_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="fieldtask",
            name="post",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.post",
            ),
        ),
        migrations.AlterField(
            model_name="filingstandard",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="standards",
                to="dispatch.category",
            ),
        ),
        migrations.AlterField(
            model_name="supervision",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="supervisions",
                to="cases.case",
            ),
        ),
        migrations.AlterField(
            model_name="whistle",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="whistle_set", to="cases.case"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("ended_at", None)), fields=["party_unit_ids"], name="case_open_parties"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(django.db.models.functions.text.Right("number", 6), name="case_number_tail"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("number",), name="case_number"),
        ),
        migrations.RunSQL(
            # At the usual fifth of the table, a county of years would be tidied once in months.
            "ALTER TABLE cases SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);"
            "ALTER TABLE clock SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);",
            "ALTER TABLE cases RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);"
            "ALTER TABLE clock RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);",
        ),
    ]
