-- Where chats stand: for each its state, agent, epoch, arrival and, while waiting, its place in the line.
-- KEYS[1] prefix
-- ARGV: chats …
-- Returns per chat: state ('' if unknown), team, agent, epoch, arrived (ms), place (1 is next, 0 if not waiting).
local answer = {}
for _, chat in ipairs(ARGV) do
  local state, team, agent, epoch, arrived = unpack(redis.call('HMGET', P .. 'chat:' .. chat, 'state', 'team', 'agent', 'epoch', 'arrived'))
  local place = 0
  if state == 'waiting' then place = (redis.call('ZRANK', P .. 'queue:' .. team, chat) or -1) + 1 end
  for _, value in ipairs({ state or '', team or '', agent or '', epoch or '0', arrived or '0', place }) do
    answer[#answer + 1] = value
  end
end
return answer
