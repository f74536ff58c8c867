"""The fast engine of rating, compiled: `rate` for one group, `rate_groups` for many (docs/rating.md).

From the top: `program` (what Python calls), `groups`, `profiles`, `book`, `coverage`, `clocks` and `digits` (what is in
force, as arrays), `loop`, `lines`, `days`, `places`, `prices` and `gauges` (the compiled steps, one function each),
`results`, `charges` (sums alone, for replays).
"""

from ligneclaire.domains.usage.rules.compiled.book import TooDear
from ligneclaire.domains.usage.rules.compiled.charges import Charges
from ligneclaire.domains.usage.rules.compiled.gauges import TooMuch
from ligneclaire.domains.usage.rules.compiled.groups import Group
from ligneclaire.domains.usage.rules.compiled.program import charge_groups, rate, rate_groups
from ligneclaire.domains.usage.rules.compiled.results import RatedGroups

__all__ = ["Charges", "Group", "RatedGroups", "TooDear", "TooMuch", "charge_groups", "rate", "rate_groups"]
