#!/usr/bin/env bash
# APScheduler 3.11.3: a daily cron job at midnight has no firing on the day after clocks are set forward, if it asks for the next firing while they are not yet.
# CronTrigger adds wall-clock differences as if they were elapsed time: on a day of 23 hours it arrives at 01:00 of the next day, and takes the day after that.
# Every line in the first hour of the day is affected, also weekly ones; a firing at 01:30 is not. Whoever asks once more from the next local midnight gets it.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q apscheduler==3.11.3
"$folder/venv/bin/python" - <<'P'
from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

berlin = ZoneInfo("Europe/Berlin")


def after(cron: str, moment: datetime) -> str:
    return str(CronTrigger.from_crontab(cron, timezone=berlin).get_next_fire_time(None, moment))


before, midnight = datetime(2026, 3, 29, 0, 0, 1, tzinfo=berlin), datetime(2026, 3, 30, tzinfo=berlin)
print("0 0 * * *  asked on 29 March 00:00:01:", after("0 0 * * *", before))
print("0 0 * * *  asked on 30 March 00:00:00:", after("0 0 * * *", midnight))
print("30 1 * * * asked on 29 March 01:30:01:", after("30 1 * * *", before.replace(hour=1, minute=30)))
assert after("0 0 * * *", before) == "2026-03-31 00:00:00+02:00"
assert after("0 0 * * *", midnight) == "2026-03-30 00:00:00+02:00"
assert after("30 1 * * *", before.replace(hour=1, minute=30)) == "2026-03-30 01:30:00+02:00"
P
