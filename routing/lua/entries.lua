-- The chats of the desk: those who wait first, by their turn, then the active ones, longest first.
-- KEYS[1] prefix
-- ARGV[2]: at most so many
-- Returns per chat {id, team, state, agent who has it or at whom it rings, 1 if it rings, priority, since (ms: its arrival
-- or when it was taken), place (1 is next, 0 if not waiting)}.
local most = tonumber(ARGV[2])

local function entry(chat, place)
  local team, state, agent, offered, priority, arrived, assigned =
    unpack(redis.call('HMGET', chat_key(chat), 'team', 'state', 'agent', 'offered', 'priority', 'arrived', 'assigned'))
  if not state then return nil end
  local waits = state == 'waiting'
  local rings = waits and offered ~= ''
  return { chat, team, state, rings and offered or agent, rings and 1 or 0, priority,
    math.floor(tonumber(waits and arrived or assigned)), place }
end

local waiting = {}
for _, line in ipairs(redis.call('SMEMBERS', P .. 'lines')) do
  local queue = redis.call('ZRANGE', P .. 'queue:' .. line, 0, most - 1, 'WITHSCORES')
  for i = 1, #queue, 2 do waiting[#waiting + 1] = { queue[i], tonumber(queue[i + 1]), (i + 1) / 2 } end
end
table.sort(waiting, function(a, b) return a[2] < b[2] end)
local answer = {}
for _, one in ipairs(waiting) do
  if #answer == most then return answer end
  local found = entry(one[1], one[3])
  if found and found[3] == 'waiting' then answer[#answer + 1] = found end
end
local active = {}
for _, agent in ipairs(redis.call('ZRANGE', P .. 'due', 0, -1)) do
  for _, chat in ipairs(redis.call('SMEMBERS', P .. 'holds:' .. agent)) do active[#active + 1] = entry(chat, 0) end
end
table.sort(active, function(a, b) if a[7] ~= b[7] then return a[7] < b[7] end return a[1] < b[1] end)
for i = 1, math.min(#active, most - #answer) do answer[#answer + 1] = active[i] end
return answer
