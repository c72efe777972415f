-- All that is known of where chats stand.
-- KEYS[1] prefix
-- ARGV[2…]: chats …
-- Returns per chat {} if unknown, else {state, team, agent, the agent's name, epoch, arrived (ms), place (1 is next, 0 if
-- not waiting), '1' if the agent is gone within the grace, line, priority, steps, step, whom it rings at, until (ms),
-- the step of the transfer under way or '', until (ms)}.
local answer = {}
for i = 2, #ARGV do
  local chat = ARGV[i]
  local found = redis.call('HMGET', chat_key(chat), 'state', 'team', 'agent', 'epoch', 'arrived', 'line', 'priority',
    'steps', 'step', 'offered', 'offer_until', 'transfer', 'transfer_until')
  if not found[1] then
    answer[#answer + 1] = {}
  else
    local state, team, agent, epoch, arrived, line, priority, steps, step, offered, offer_until, transfer, transfer_until =
      unpack(found)
    local name, left = '', ''
    if agent ~= '' then name, left = unpack(redis.call('HMGET', P .. 'agent:' .. agent, 'name', 'left')) end
    local position = state == 'waiting' and redis.call('ZRANK', P .. 'queue:' .. line, chat) + 1 or 0
    answer[#answer + 1] = { state, team, agent, name or '', epoch, arrived, position, left or '', line, priority, steps,
      step, offered, offer_until, string.sub(transfer, 2, -2), transfer_until }
  end
end
return answer
