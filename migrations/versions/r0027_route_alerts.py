"""Record why an address takes an alert, and find the alerts of an incident."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ALERTS = sa.table("alerts", sa.column("id", sa.Integer()), sa.column("incidents", sa.JSON()), sa.column("state", sa.String()))
INCIDENTS = sa.table("incidents", sa.column("id", sa.Integer()), sa.column("state", sa.String()))


def upgrade() -> None:
    """Add the columns and the table, with the alerts of incidents that are not resolved: nobody is told of those anew."""
    with op.batch_alter_table("alerts") as batch:
        batch.add_column(sa.Column("route", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("severity", sa.String(length=16), nullable=False, server_default="critical"))
    links = op.create_table(
        "alert_incidents",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "incident_id", name=op.f("pk_alert_incidents")),
    )
    op.create_index(op.f("ix_alert_incidents_incident_id"), "alert_incidents", ["incident_id"])
    connection = op.get_bind()
    unresolved = set(connection.scalars(sa.select(INCIDENTS.c.id).where(INCIDENTS.c.state != "resolved")))
    sent = connection.execute(sa.select(ALERTS.c.id, ALERTS.c.incidents).where(ALERTS.c.state != "muted")).all()
    rows = [{"alert_id": row.id, "incident_id": number} for row in sent for number in unresolved.intersection(row.incidents)]
    if rows:
        connection.execute(sa.insert(links), rows)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("alert_incidents")
    with op.batch_alter_table("alerts") as batch:
        batch.drop_column("severity")
        batch.drop_column("route")
