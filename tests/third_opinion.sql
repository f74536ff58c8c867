-- What a month of mobile usage costs, said a third time: from published price lists and signed contracts, in SQL.
-- It knows nothing of the two engines. Given are: setting, holiday, record, item, terms, deck (third_opinion.py).
-- Amounts are whole millionths of a euro; "//" divides whole numbers (BIGINT), and DuckDB raises where one overflows.

CREATE MACRO midnight(day) AS timezone((SELECT clock FROM setting), day::TIMESTAMP);
CREATE MACRO local_time(instant) AS timezone((SELECT clock FROM setting), instant);
CREATE MACRO half_up(a, b) AS (2 * a + b) // (2 * b);

-- 1. The price lists ------------------------------------------------------------------------------------------------
CREATE TABLE zone_kind AS
SELECT id AS deck, z.key AS zone, z.value->>'kind' AS kind
FROM (SELECT id, unnest(map_entries((content->'zones')::MAP(VARCHAR, JSON))) AS z FROM deck);

CREATE TABLE prefix AS
SELECT id AS deck, z.key AS zone, unnest(z.value) AS digits
FROM (SELECT id, unnest(map_entries((content->'prefixes')::MAP(VARCHAR, VARCHAR[]))) AS z FROM deck);

CREATE TABLE short_code AS  -- "4411", or "2000-2999"
SELECT deck, zone, lpad(unnest(range(ends[1]::INT, ends[-1]::INT + 1))::VARCHAR, length(ends[1])::INT, '0') AS code
FROM (SELECT id AS deck, z.value AS zone, string_split(z.key, '-') AS ends
      FROM (SELECT id, unnest(map_entries((content->'short')::MAP(VARCHAR, VARCHAR))) AS z FROM deck));

CREATE TABLE visited AS
SELECT id AS deck, z.key AS zone, unnest(z.value) AS country
FROM (SELECT id, unnest(map_entries((content->'visited')::MAP(VARCHAR, VARCHAR[]))) AS z FROM deck);

CREATE TABLE route AS  -- from a country or a zone abroad to a zone, or to "*"
SELECT id AS deck, way[1] AS origin, way[2] AS target, way[3] AS zone
FROM (SELECT id, unnest((content->'routes')::VARCHAR[][]) AS way FROM deck);

CREATE MACRO rates_of(content) AS from_json(content->'rates', '[{"services": ["VARCHAR"], "zones": ["VARCHAR"],
  "band": "VARCHAR", "price": "BIGINT", "unit": "BIGINT", "first": "BIGINT", "next": "BIGINT", "fee": "BIGINT",
  "minimum": "BIGINT", "call_fee": "BIGINT", "minute_fee": "BIGINT", "flags": ["VARCHAR"], "usage_type": "VARCHAR"}]');

CREATE TABLE plan AS  -- a product's terms with a deck, in the days in which both hold
SELECT terms.id || '/' || deck.id AS plan, terms.id AS terms, deck.id AS deck,
       coalesce(terms.content->>'peak', deck.content->>'peak')::JSON AS peak
FROM terms JOIN deck ON deck.code = terms.deck;

CREATE TABLE rate AS
WITH own AS (
  SELECT plan, deck, service, unnest(rate.zones) AS zone, rate
  FROM (SELECT plan, plan.deck, rate, unnest(rate.services) AS service
        FROM (SELECT plan.*, unnest(rates_of(terms.content)) AS rate
              FROM plan JOIN terms ON terms.id = plan.terms) AS plan)
), of_deck AS (
  SELECT plan, deck, service, unnest(rate.zones) AS zone, rate
  FROM (SELECT plan, plan.deck, rate, unnest(rate.services) AS service
        FROM (SELECT plan.*, unnest(rates_of(deck.content)) AS rate
              FROM plan JOIN deck ON deck.id = plan.deck) AS plan)
), chosen AS (  -- what a plan prices itself, it prices at every time
  FROM own UNION ALL FROM of_deck ANTI JOIN own USING (plan, service, zone)
)
SELECT plan, service, zone, rate.band, rate.price, rate.unit, rate.first, rate.next, coalesce(rate.fee, 0) AS fee,
       coalesce(rate.minimum, 0) AS minimum, coalesce(rate.call_fee, 0) AS call_fee,
       coalesce(rate.minute_fee, 0) AS minute_fee, list_contains(coalesce(rate.flags, []), 'free') AS free,
       coalesce(rate.usage_type, CASE
         WHEN service = 'third-party' THEN 'premium'
         WHEN service = 'mms' THEN 'mms'
         WHEN kind = 'special' OR service = 'special' THEN 'special-number'
         WHEN kind = 'third-party' THEN service || '-national'
         ELSE service || '-' || kind END) AS usage_type
FROM chosen JOIN zone_kind USING (deck, zone);

-- 2. What each line has, and when -----------------------------------------------------------------------------------
CREATE TABLE held AS  -- bought once: for the rest of the month in which it begins
SELECT item.*,
       coalesce(from_at, midnight(coalesce(from_on, CASE WHEN once THEN service_from END, signed_on))) AS begins,
       least(month_to, coalesce(to_at, midnight(to_on)), midnight(last_day + 1)) AS ends
FROM item, setting;

CREATE TABLE piece AS  -- cut to the month, and to the days in which one version of its terms holds
SELECT held.id AS item, account, line, begins, terms.id AS terms, deck.id AS deck, terms.content,
       greatest(begins, month_from, midnight(terms.effective_from), midnight(deck.effective_from)) AS from_at,
       least(ends, month_to, midnight(terms.effective_to), midnight(deck.effective_to)) AS to_at
FROM setting, held JOIN terms USING (product) LEFT JOIN deck ON deck.code = terms.deck
WHERE NOT once OR (begins >= month_from AND begins < month_to);
DELETE FROM piece WHERE from_at >= to_at;

CREATE TABLE plan_of_line AS  -- until another one begins; of two that begin together the later item
SELECT line, from_at, arg_max(terms || '/' || deck, item) AS plan FROM piece WHERE deck IS NOT NULL GROUP BY ALL;

CREATE TABLE bundle AS
SELECT line, from_at, to_at, bundle.code, bundle.services, bundle.zones, bundle.band, bundle.priority,
       CASE WHEN prorated AND begins > month_from
            THEN bundle.size * (month_end - local_time(begins)::DATE) // (month_end - month_first)
            ELSE bundle.size END AS size
FROM (SELECT piece.*, (content->>'prorated')::BOOLEAN AS prorated, unnest(from_json(content->'bundles',
        '[{"code": "VARCHAR", "services": ["VARCHAR"], "zones": ["VARCHAR"], "size": "BIGINT", "priority": "INT",
           "band": "VARCHAR"}]')) AS bundle FROM piece), setting;
DELETE FROM bundle WHERE size = 0;

CREATE TABLE beyond AS  -- accounts that have what this program has no opinion on
SELECT DISTINCT account FROM piece LEFT JOIN deck ON deck.id = piece.deck
WHERE regexp_matches(concat(piece.content, deck.content), '"(shared|rollover|tiers|day_price)":');

CREATE TABLE gone AS  -- the instant at which a line's last contract ends
SELECT line, midnight(max(last_day) + 1) AS instant FROM item GROUP BY line HAVING count(*) = count(last_day);

-- 3. What each record is --------------------------------------------------------------------------------------------
CREATE TABLE known AS
SELECT record.*, plan.plan, plan.deck, plan.peak,
       CASE WHEN record.visited <> home_country THEN record.visited ELSE '' END AS abroad
FROM record ASOF JOIN plan_of_line ON record.line = plan_of_line.line AND record.start >= plan_of_line.from_at
JOIN plan USING (plan), setting
WHERE account NOT IN (FROM beyond);

CREATE TABLE called AS  -- a code as dialled, or the longest prefix
WITH number AS (SELECT DISTINCT deck, other FROM known WHERE other <> '')
SELECT deck, other, zone FROM number JOIN short_code USING (deck) WHERE length(other) <= 6 AND code = other
UNION ALL
SELECT deck, other, arg_max(zone, length(digits))
FROM (SELECT *, unnest(range(1, length(other) + 1)) AS digits_tried FROM number WHERE length(other) > 6) AS number
JOIN prefix USING (deck) WHERE digits = left(other, digits_tried) GROUP BY ALL;

CREATE TABLE placed AS
SELECT known.*, here.zone AS here, called.zone AS called,
       service IN ('voice', 'sms', 'mms', 'special') AND direction = 'out'
         AND (known.other = '112' OR (abroad = '' AND list_contains(urgent, known.other))) AS emergency,
       CASE WHEN service = 'third-party' THEN coalesce(called.zone, 'third-party')
            WHEN emergency THEN 'emergency'
            WHEN service = 'data' OR direction = 'in' THEN CASE WHEN abroad = '' THEN 'home' ELSE here.zone END
            WHEN abroad = '' THEN called.zone
            WHEN called.zone IS NULL THEN here.zone
            ELSE coalesce(by_country.zone, by_country_any.zone, by_zone.zone, by_zone_any.zone, here.zone) END AS zone
FROM known
LEFT JOIN called ON called.deck = known.deck AND called.other = known.other
LEFT JOIN visited AS here ON here.deck = known.deck AND here.country = known.abroad
LEFT JOIN route AS by_country
  ON by_country.deck = known.deck AND by_country.origin = known.abroad AND by_country.target = called.zone
LEFT JOIN route AS by_country_any
  ON by_country_any.deck = known.deck AND by_country_any.origin = known.abroad AND by_country_any.target = '*'
LEFT JOIN route AS by_zone
  ON by_zone.deck = known.deck AND by_zone.origin = here.zone AND by_zone.target = called.zone
LEFT JOIN route AS by_zone_any
  ON by_zone_any.deck = known.deck AND by_zone_any.origin = here.zone AND by_zone_any.target = '*', setting;
DELETE FROM placed WHERE zone IS NULL;

CREATE TABLE timed AS
SELECT placed.*, CASE
  WHEN peak IS NULL OR NOT list_contains((peak->'weekdays')::INT[], isodow(local)::INT) THEN 'off-peak'
  WHEN (peak->>'holidays_off')::BOOLEAN AND local::DATE IN (SELECT day FROM holiday) THEN 'off-peak'
  WHEN local::TIME >= (peak->>'start')::TIME AND local::TIME < (peak->>'end')::TIME THEN 'peak'
  ELSE 'off-peak' END AS band
FROM (SELECT *, local_time(start) AS local FROM placed) AS placed;

CREATE TABLE rate_at AS  -- the exact band wins over any
SELECT rate.* EXCLUDE (band), each.band FROM rate, (VALUES ('peak'), ('off-peak')) AS each(band)
WHERE rate.band IN (each.band, 'any')
QUALIFY row_number() OVER (PARTITION BY plan, service, zone, each.band ORDER BY rate.band = 'any') = 1;

CREATE TABLE priced AS
SELECT timed.*, rate_at.* EXCLUDE (plan, service, zone, band), CASE
         WHEN emergency THEN 'emergency'
         WHEN free OR (price IS NULL AND direction = 'in') THEN 'free'
         WHEN start >= gone.instant THEN 'blocked' ELSE '' END AS flag,
       CASE WHEN quantity = 0 OR price IS NULL THEN quantity
            WHEN quantity <= first THEN first
            ELSE first + (quantity - first + next - 1) // next * next END AS billed
FROM timed LEFT JOIN rate_at USING (plan, service, zone, band) LEFT JOIN gone USING (line)
WHERE price IS NOT NULL OR emergency OR direction = 'in' OR service = 'third-party';

-- 4. Bundles --------------------------------------------------------------------------------------------------------
CREATE TABLE stretch AS  -- of time, in which a line's bundles do not change
SELECT line, instant AS from_at, lead(instant) OVER (PARTITION BY line ORDER BY instant) AS to_at,
       row_number() OVER (PARTITION BY line ORDER BY instant) AS number
FROM (SELECT line, from_at AS instant FROM bundle UNION SELECT line, to_at FROM bundle);

CREATE TABLE counter AS  -- bundles of one code are one counter
SELECT line, stretch.number, code, sum(size)::BIGINT AS size, min(priority) AS priority, min(bundle.to_at) AS ends
FROM stretch JOIN bundle USING (line)
WHERE bundle.from_at <= stretch.from_at AND stretch.from_at < bundle.to_at GROUP BY ALL;

CREATE TABLE turn AS  -- in which turn a line's counters are used; `unclear` where two stretches say it differently
SELECT line, code, row_number() OVER (PARTITION BY line ORDER BY min(priority), min(ends), code) AS turn
FROM counter GROUP BY line, code;
CREATE TABLE unclear AS
SELECT a.line FROM counter AS a JOIN counter AS b USING (line, number)
JOIN turn AS of_a ON of_a.line = a.line AND of_a.code = a.code
JOIN turn AS of_b ON of_b.line = b.line AND of_b.code = b.code
WHERE of_a.turn < of_b.turn AND (b.priority, b.ends, b.code) < (a.priority, a.ends, a.code);

CREATE TABLE covered AS  -- which counters a record may take from
SELECT DISTINCT priced.event_key, priced.line, priced.start, bundle.code, turn.turn, stretch.number, priced.billed
FROM priced JOIN bundle ON bundle.line = priced.line AND priced.start >= bundle.from_at AND priced.start < bundle.to_at
  AND list_contains(bundle.services, priced.service) AND list_contains(bundle.zones, priced.zone)
  AND bundle.band IN ('any', priced.band)
JOIN stretch ON stretch.line = priced.line AND priced.start >= stretch.from_at AND priced.start < stretch.to_at
JOIN turn ON turn.line = priced.line AND turn.code = bundle.code
WHERE priced.flag = '' AND priced.service <> 'third-party' AND priced.billed > 0;

CREATE TABLE taken (event_key VARCHAR, code VARCHAR, quantity BIGINT);

-- %% of each turn: what is left of each record is taken while there is room. Within a stretch, what was taken after a
-- record is greatest(before, least(before + all so far, size)); "before" goes from stretch to stretch.
INSERT INTO taken
WITH RECURSIVE wanted AS (
  SELECT covered.*, billed - coalesce(already, 0)::BIGINT AS rest
  FROM covered LEFT JOIN (SELECT event_key, sum(quantity) AS already FROM taken GROUP BY event_key) USING (event_key)
  WHERE turn = $turn
), flowing AS (
  SELECT wanted.*, size, sum(rest) OVER so_far AS so_far, sum(rest) OVER so_far - rest AS until_then
  FROM wanted JOIN counter USING (line, number, code)
  WINDOW so_far AS (PARTITION BY line, code, number ORDER BY start, event_key)
), flow AS (
  SELECT line, code, number, any_value(size) AS size, sum(rest) AS whole,
         row_number() OVER (PARTITION BY line, code ORDER BY number) AS step
  FROM flowing GROUP BY line, code, number
), before AS (
  SELECT line, code, number, step, 0::HUGEINT AS taken, size, whole FROM flow WHERE step = 1
  UNION ALL
  SELECT flow.line, flow.code, flow.number, flow.step,
         greatest(before.taken, least(before.taken + before.whole, before.size)), flow.size, flow.whole
  FROM before JOIN flow ON flow.line = before.line AND flow.code = before.code AND flow.step = before.step + 1
)
SELECT event_key, code, quantity FROM (
  SELECT event_key, flowing.code,
         (greatest(before.taken, least(before.taken + so_far, flowing.size))
          - greatest(before.taken, least(before.taken + until_then, flowing.size)))::BIGINT AS quantity
  FROM flowing
  JOIN before ON before.line = flowing.line AND before.code = flowing.code AND before.number = flowing.number
) WHERE quantity > 0;

-- %% 5. What it costs -----------------------------------------------------------------------------------------------
CREATE TABLE costing AS
SELECT *, CASE WHEN service = 'third-party' THEN amount ELSE
    CASE WHEN outside > 0 THEN greatest(half_up(outside * price, unit), minimum) ELSE 0 END
    + CASE WHEN billed > 0 AND outside = billed THEN fee ELSE 0 END + part END AS cost
FROM (
  SELECT priced.*, billed - coalesce(inside, 0) AS outside,
         CASE WHEN service = 'third-party' OR billed = 0 OR price IS NULL THEN 0
              ELSE call_fee + half_up(billed * minute_fee, 60) END AS part
  FROM priced
  LEFT JOIN (SELECT event_key, sum(quantity)::BIGINT AS inside FROM taken GROUP BY event_key) USING (event_key)
);

-- Abroad, data stop being charged after the record that reaches the limit (Regulation (EU) 2022/612, article 14).
CREATE TABLE watched AS
SELECT event_key, sum(cost) OVER (PARTITION BY line ORDER BY start, event_key) - cost AS spent
FROM costing JOIN zone_kind USING (deck, zone) WHERE kind = 'roaming' AND service = 'data' AND flag = '' AND cost > 0;

CREATE TABLE said AS
SELECT account, line, event_key, zone, band, billed, outside,
       CASE WHEN flag <> '' OR spent >= roaming_limit THEN 0 ELSE cost END AS charged,
       CASE WHEN flag <> '' OR spent >= roaming_limit THEN 0 ELSE part END AS service_part,
       CASE WHEN flag = 'blocked' OR (flag = '' AND spent >= roaming_limit) THEN cost ELSE 0 END AS loss,
       CASE WHEN flag = '' AND spent >= roaming_limit THEN 'over-cap' ELSE flag END AS flag,
       CASE WHEN price IS NOT NULL AND NOT emergency THEN usage_type
            WHEN service = 'third-party' THEN 'premium'
            WHEN service = 'special' THEN 'special-number'
            WHEN service = 'mms' THEN 'mms'
            WHEN abroad <> '' THEN service || '-roaming'
            ELSE service || '-national' END AS usage_type
FROM costing LEFT JOIN watched USING (event_key), setting;
