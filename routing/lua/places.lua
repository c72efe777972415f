-- Where chats stand: for each its state, agent, epoch, arrival and, while waiting, its place in the line.
-- KEYS[1] prefix
-- ARGV: chats …
-- Returns per chat: state ('' if unknown), team, agent, the agent's name, epoch, arrived (ms), place (1 is next, 0 if
-- not waiting), whether the agent is gone within the grace.
local answer = {}
for _, chat in ipairs(ARGV) do
  local state, team, agent, epoch, arrived = unpack(redis.call('HMGET', P .. 'chat:' .. chat, 'state', 'team', 'agent', 'epoch', 'arrived'))
  local place, name, left = 0, '', ''
  if agent and agent ~= '' then
    name, left = unpack(redis.call('HMGET', P .. 'agent:' .. agent, 'name', 'left'))
  end
  if state == 'waiting' then place = (redis.call('ZRANK', P .. 'queue:' .. team, chat) or -1) + 1 end
  for _, value in ipairs({ state or '', team or '', agent or '', name or '', epoch or '0', arrived or '0', place, left or '' }) do
    answer[#answer + 1] = value
  end
end
return answer
