"""Sessions and e-mail addresses of the libraries belong to an operator too: the database fills and guards it."""

from django.db import migrations

from ligneclaire.domains.operators.secure import adopt

TABLES = {"django_session": "session_key", "account_emailaddress": "id", "account_emailconfirmation": "id"}


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for table, key in TABLES.items()
        for statement in adopt(table, key=key)
    ]
