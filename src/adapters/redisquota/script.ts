import { createHash } from 'node:crypto';

/**
 * Decides on one or several requests, in order, at one instant of Redis's own clock.
 *
 * KEYS: for each request its state; for a rolling window also its list of closed buckets; with a deduplication id also
 * the record of the answer. ARGV: the time in microseconds, empty for that of Redis (fairlead always sends it empty;
 * tests of the algorithms do not); then for each request the limit (`F|R|T max window bucket`, times in microseconds),
 * the amount, and flags (1 best effort, 2 has a deduplication id).
 *
 * Reply: the time of the decision, then for each request what is granted, how long that holds, and for a denial how
 * long at least the same amount will be denied. All times are whole microseconds.
 *
 * Numbers are stored as doubles, which hold every whole number up to 2^53. A state is read and written as a string of
 * them; what was granted is written before the next request is looked at, so that one request sees the other.
 *
 * Redis's clock may go back: it is set, or a replica takes over whose clock is behind. Then nothing comes back until it
 * has caught up, but a state that is more than a window ahead is moved to now: it costs a window, not the whole step.
 */
export const script = `
local now
if ARGV[1] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
else
  now = tonumber(ARGV[1])
end

local read = redis.call('MGET', unpack(KEYS))
local written = {}
local floor, ceil = math.floor, math.ceil
local pack, unpacked = struct.pack, struct.unpack

local function stored(at)
  return written[KEYS[at]] or read[at]
end

-- A second more than needed: what counts is the time in the value, by one clock.
local function store(at, value, micros)
  written[KEYS[at]] = value
  redis.call('SET', KEYS[at], value, 'PX', ceil(micros / 1000) + 1000)
end

local function share(free, amount, best)
  if amount <= free then return amount end
  if best and free > 0 then return free end
  return 0
end

local function fixed(at, limit, amount, best)
  local value = stored(at)
  local used, expire = 0, 0
  if value then used, expire = unpacked('<dd', value) end
  local fresh, moved = now >= expire, expire - now > limit.window
  if fresh then used = 0 end
  if fresh or moved then expire = now + limit.window end
  local granted = share(limit.max - used, amount, best)
  if granted > 0 or fresh or moved then store(at, pack('<dd', used + granted, expire), expire - now) end
  if granted > 0 then return granted, expire - now, 0 end
  return 0, 0, expire - now
end

-- used: in the whole window. last: in the open bucket, whose grants were given from opened to latest. first: in the
-- oldest closed bucket, whose last grant was given at ended. The list has the buckets between them.
local function rolling(at, limit, amount, best)
  local value, list, window = stored(at), KEYS[at + 1], limit.window
  local used, opened, latest, last, ended, first = 0, 0, 0, 0, 0, 0
  if value then used, opened, latest, last, ended, first = unpacked('<dddddd', value) end
  local freed = used > 0 and latest + window <= now
  if freed then
    redis.call('DEL', list)
    used, last, first = 0, 0, 0
  end
  local moved = latest - now > window
  if moved then
    redis.call('DEL', list)
    opened, latest, last, first = now, now, used, 0
  end
  while first > 0 and ended + window <= now do
    used, freed = used - first, true
    local next = redis.call('LPOP', list)
    if next then ended, first = unpacked('<dd', next) else ended, first = 0, 0 end
  end
  if first == 0 then used = last end
  local granted = share(limit.max - used, amount, best)
  if granted > 0 then
    if not value then redis.call('DEL', list) end
    if last > 0 and (now >= opened + limit.bucket or last + granted > limit.part) then
      if first == 0 then
        ended, first = latest, last
      else
        redis.call('RPUSH', list, pack('<dd', latest, last))
        redis.call('PEXPIRE', list, ceil((math.max(latest - now, 0) + window) / 1000) + 1000)
      end
      last = 0
    end
    latest = math.max(latest, now)
    if last == 0 then opened = latest end
    last, used = last + granted, used + granted
  end
  if granted > 0 or freed or moved then
    store(at, pack('<dddddd', used, opened, latest, last, ended, first), math.max(latest - now, 0) + window)
  end
  if granted > 0 then return granted, window, 0 end
  if first > 0 then return 0, 0, ended + window - now end
  if last > 0 then return 0, 0, latest + window - now end
  return 0, 0, window
end

-- owed: what was granted and has not been refilled; the bucket is full when nothing is owed.
local function bucket(at, limit, amount, best)
  local value, max, window = stored(at), limit.max, limit.window
  local owed, time = 0, now
  if value then owed, time = unpacked('<dd', value) end
  local moved = time - now > window
  if moved then time = now end
  if now > time then owed, time = math.max(0, owed - (now - time) * max / window), now end
  local granted = share(floor(max - owed), amount, best)
  owed = owed + granted
  if granted > 0 or moved then store(at, pack('<dd', owed, time), time - now + owed * window / max) end
  if granted > 0 then return granted, window, 0 end
  local least = amount
  if best then least = 1 end
  if least > max then return 0, 0, window end
  return 0, 0, floor((owed + least - max) * window / max) + time - now
end

local algorithms = { F = fixed, R = rolling, T = bucket }
local limits = {}
local function limitOf(text)
  local limit = limits[text]
  if not limit then
    local letter, max, window, step = string.match(text, '(%a) (%d+) (%d+) (%d+)')
    limit = { decide = algorithms[letter], max = tonumber(max), window = tonumber(window), bucket = tonumber(step) }
    -- What a bucket holds of constant demand. A burst fills several, or all of it would come back as late as its last.
    limit.part = floor(limit.max * limit.bucket / limit.window)
    limit.keys = letter == 'R' and 2 or 1
    limits[text] = limit
  end
  return limit
end

local reply = { now }
local at = 1
for index = 2, #ARGV, 3 do
  local limit, amount, flags = limitOf(ARGV[index]), tonumber(ARGV[index + 1]), ARGV[index + 2]
  local best, answer = flags == '1' or flags == '3', nil
  local state = at
  at = at + limit.keys
  if flags >= '2' then
    answer = at
    at = at + 1
  end
  local granted, valid, denied = 0, 0, 0
  local known = answer and stored(answer)
  local expire
  if known then granted, expire = unpacked('<dd', known) end
  if known and now < expire then
    valid = math.min(expire - now, limit.window)
  else
    granted = 0
    if limit.max <= 0 then
      denied = limit.window
    elseif amount > 0 then
      granted, valid, denied = limit.decide(state, limit, amount, best)
    end
    if answer and granted > 0 then store(answer, pack('<dd', granted, now + valid), valid) end
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3] = granted, valid, denied
end
return reply
`;

/** What EVALSHA calls the script. */
export const scriptDigest = createHash('sha1').update(script).digest('hex');
