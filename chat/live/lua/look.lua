-- Who looks at a ticket: a node's tabs are there (again), or not any more. Stands by itself, without the prelude.
-- KEYS[1] the ticket's viewers
-- ARGV: channel, head (of the notice, up to its list), lease_ms, how many come, those who come …, those who go …
-- Returns those who look. All nodes are told if somebody has come or gone, or has not been vouched for in time.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local lease, come = tonumber(ARGV[3]), tonumber(ARGV[4])

local changed = redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for i = 5, #ARGV do
  if i < 5 + come then
    changed = changed + redis.call('ZADD', KEYS[1], now + lease, ARGV[i])
  else
    changed = changed + redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
if come > 0 then redis.call('PEXPIRE', KEYS[1], lease) end
local seats = redis.call('ZRANGE', KEYS[1], 0, -1)
if changed > 0 then redis.call('PUBLISH', ARGV[1], ARGV[2] .. table.concat(seats, ',') .. ']}') end
return seats
