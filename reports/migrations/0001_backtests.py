"""Back-tests that were run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="BacktestRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("loans", models.PositiveIntegerField()),
                ("months", models.PositiveIntegerField()),
                ("first_month", models.DateField()),
                ("last_month", models.DateField()),
                ("result", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_month__lte", models.F("last_month"))), name="backtest_months"
                    )
                ],
            },
        ),
    ]
