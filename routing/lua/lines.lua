-- How lines stand.
-- KEYS[1] prefix
-- ARGV[2…]: lines …
-- Returns per line: waiting, oldest arrival (ms, 0 if none), agents available, of those free, free places, total capacity,
-- mean handling time (ms, 0 if fewer than 3 are known), the chat that is next ('' if none or all ring); the server's
-- time (ms) behind the last.
local function oldest_arrival(queue)
  local oldest, from = nil, '-inf'
  while true do -- the first of each class has waited longest of it
    local _, turn = unpack(redis.call('ZRANGEBYSCORE', queue, from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1))
    if not turn then return oldest or 0 end
    local class = math.floor(tonumber(turn) / CLASS)
    local arrived = tonumber(turn) - class * CLASS + ZERO
    if not oldest or arrived < oldest then oldest = arrived end
    from = (class + 1) * CLASS
  end
end

local answer = {}
for i = 2, #ARGV do
  local line = ARGV[i]
  local queue = P .. 'queue:' .. line
  local count, free, places, total = 0, 0, 0, 0
  for _, agent in ipairs(redis.call('ZRANGE', P .. 'seats:' .. line, 0, -1)) do
    local capacity = redis.call('HGET', P .. 'agent:' .. agent, 'capacity')
    count = count + 1
    total = total + capacity
    local left = math.max(0, capacity - load_of(agent))
    places = places + left
    if left > 0 then free = free + 1 end
  end
  local times = redis.call('LRANGE', P .. 'times:' .. line, 0, -1)
  local mean = 0
  if #times >= 3 then
    for _, t in ipairs(times) do mean = mean + tonumber(t) end
    mean = math.floor(mean / #times)
  end
  local head = redis.call('ZRANGEBYSCORE', queue, -HEAD * CLASS, '+inf', 'LIMIT', 0, 1)[1] or ''
  for _, value in ipairs({ redis.call('ZCARD', queue), math.floor(oldest_arrival(queue)), count, free, places, total, mean, head }) do
    answer[#answer + 1] = value
  end
end
answer[#answer + 1] = now
return answer
