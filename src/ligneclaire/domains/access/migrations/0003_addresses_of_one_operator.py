"""A person may be a customer of two operators: a verified address is unique within one, and its keys stay there."""

from django.db import migrations

FORWARD = """
DROP INDEX unique_verified_email;
CREATE UNIQUE INDEX unique_verified_email ON account_emailaddress (operator_id, email) WHERE verified;
ALTER TABLE account_emailaddress
  ADD CONSTRAINT account_emailaddress_operator_id_id UNIQUE (operator_id, id),
  ADD CONSTRAINT account_emailaddress_user_id_same_operator
    FOREIGN KEY (operator_id, user_id) REFERENCES login (operator_id, id);
ALTER TABLE account_emailconfirmation
  ADD CONSTRAINT account_emailconfirmation_email_address_id_same_operator
    FOREIGN KEY (operator_id, email_address_id) REFERENCES account_emailaddress (operator_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_adopt_library_tables")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
