-- How teams' lines stand.
-- KEYS[1] prefix
-- ARGV: teams …
-- Returns per team: waiting, oldest arrival (ms, 0 if none), agents available, free places, total capacity,
-- mean handling time (ms, 0 if fewer than 3 are known), the chat that is next ('' if none); the server's time (ms)
-- behind the last.
local answer = {}
for _, team in ipairs(ARGV) do
  local line = P .. 'queue:' .. team
  local oldest = 0
  local head, first = unpack(redis.call('ZRANGE', line, 0, 0, 'WITHSCORES'))
  if head then
    -- Of those given back and of the others the first has waited longest.
    local other = tonumber(redis.call('ZRANGEBYSCORE', line, 0, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2] or now)
    first = tonumber(first)
    oldest = math.floor(math.min(first < 0 and first + HEAD or first, other))
  end
  local available, places, total = 0, 0, 0
  for _, agent in ipairs(redis.call('SMEMBERS', P .. 'team:' .. team)) do
    local status, capacity, left = unpack(redis.call('HMGET', P .. 'agent:' .. agent, 'status', 'capacity', 'left'))
    if status == 'available' and left ~= '1' then
      available = available + 1
      total = total + tonumber(capacity)
      places = places + math.max(0, tonumber(capacity) - redis.call('SCARD', P .. 'holds:' .. agent))
    end
  end
  local times = redis.call('LRANGE', P .. 'times:' .. team, 0, -1)
  local mean = 0
  if #times >= 3 then
    for _, t in ipairs(times) do mean = mean + tonumber(t) end
    mean = math.floor(mean / #times)
  end
  for _, value in ipairs({ redis.call('ZCARD', line), oldest, available, places, total, mean, head or '' }) do
    answer[#answer + 1] = value
  end
end
answer[#answer + 1] = now
return answer
