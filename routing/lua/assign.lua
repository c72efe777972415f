-- Pair the head of a team's line with free agents until one side runs out.
-- First come, first served; the agent is connected, available, below capacity, least loaded relative to
-- capacity, then longest without a new chat. One call pairs at most ARGV[2], so that no call blocks Redis for long.
-- KEYS[1] prefix
-- ARGV: team, most
-- Returns a flat list: chat, agent, epoch, chat, agent, epoch …
local team, most = ARGV[1], tonumber(ARGV[2])
if redis.call('EXISTS', P .. 'hold') == 1 then return {} end
local line = redis.call('ZRANGE', P .. 'queue:' .. team, 0, most - 1)
if #line == 0 then return {} end

local free = {}
for _, agent in ipairs(redis.call('SMEMBERS', P .. 'team:' .. team)) do
  local status, capacity, last, left = unpack(redis.call('HMGET', P .. 'agent:' .. agent, 'status', 'capacity', 'last', 'left'))
  capacity = tonumber(capacity or 0)
  if status == 'available' and left ~= '1' and capacity > 0 then
    local load = redis.call('SCARD', P .. 'holds:' .. agent)
    if load < capacity then
      free[#free + 1] = { id = agent, load = load, capacity = capacity, last = tonumber(last or 0) }
    end
  end
end

local function before(a, b)
  local x, y = a.load * b.capacity, b.load * a.capacity -- load/capacity compared without division
  if x ~= y then return x < y end
  if a.last ~= b.last then return a.last < b.last end
  return a.id < b.id
end

local pairs_made = {}
for turn, chat in ipairs(line) do
  local best
  for i, agent in ipairs(free) do
    if not best or before(agent, free[best]) then best = i end
  end
  if not best then break end
  local agent = free[best]
  local epoch = hold_chat(chat, agent.id)
  agent.load = agent.load + 1
  agent.last = now + turn / 1000 -- among assignments of one call the order still tells
  if agent.load >= agent.capacity then table.remove(free, best) end
  local n = #pairs_made
  pairs_made[n + 1], pairs_made[n + 2], pairs_made[n + 3] = chat, agent.id, epoch
end
return pairs_made
