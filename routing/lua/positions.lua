-- Where waiting chats stand in their lines.
-- KEYS[1] prefix
-- ARGV[2…]: chats …
-- Returns per chat: line, place (1 is next, 0 if it does not wait).
local answer = {}
for i = 2, #ARGV do
  local state, line = unpack(redis.call('HMGET', chat_key(ARGV[i]), 'state', 'line'))
  answer[#answer + 1] = line or ''
  answer[#answer + 1] = state == 'waiting' and redis.call('ZRANK', P .. 'queue:' .. line, ARGV[i]) + 1 or 0
end
return answer
