-- What time it is, by Redis. Put before every script of this folder, in front of prelude.lua.
-- KEYS[1] is the desk's key prefix.
local P = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- Nodes call every second. If there was no call for as long as this, or the clock went back, then either it was set, or
-- no node could call, nor renew a lease.
local PAUSE_MS, BACK_MS = 10000, -1000
local HOLD_MOST_MS = 3000
local TIMES = { arrived = 1, entered = 1, assigned = 1, offer_until = 1, transfer_until = 1 }

local function move(set, by)
  for _, member in ipairs(redis.call('ZRANGE', set, 0, -1)) do redis.call('ZINCRBY', set, by, member) end
end

-- All times move on by as much: nobody is taken for gone, and what was to happen in 5 s still happens in 5 s.
local function move_all_times(by)
  for _, agent in ipairs(redis.call('ZRANGE', P .. 'due', 0, -1)) do move(P .. 'tabs:' .. agent, by) end
  for _, chat in ipairs(redis.call('ZRANGE', P .. 'leases', 0, -1)) do
    local fields = redis.call('HGETALL', P .. 'chat:' .. chat)
    for i = 1, #fields, 2 do
      local name, at = fields[i], tonumber(fields[i + 1])
      if (TIMES[name] or string.find(name, '^asked:')) and at > 0 then redis.call('HSET', P .. 'chat:' .. chat, name, at + by) end
    end
  end
  for _, line in ipairs(redis.call('SMEMBERS', P .. 'lines')) do move(P .. 'queue:' .. line, by) end
  for _, set in ipairs({ 'due', 'leases', 'deadlines' }) do move(P .. set, by) end
  if redis.call('PTTL', P .. 'hold') > HOLD_MOST_MS then redis.call('PEXPIRE', P .. 'hold', HOLD_MOST_MS) end
  local arrival = redis.call('GET', P .. 'arrival')
  if arrival then redis.call('SET', P .. 'arrival', arrival + by) end
end

local since = now - (redis.call('GET', P .. 'called') or now)
local noted = redis.pcall('SET', P .. 'called', now) -- a Redis without memory left can still let go
if noted.ok and (since > PAUSE_MS or since < BACK_MS) then move_all_times(since) end
