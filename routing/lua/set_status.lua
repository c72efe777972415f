-- Whether an agent takes new chats; kept until it is chosen again.
-- KEYS[1] prefix
-- ARGV[2…]: agent, status, reason ('chosen' or 'supervisor')
local agent, status, reason = ARGV[2], ARGV[3], ARGV[4]
if status == 'away' then
  set_away(agent, reason)
else
  know(agent, 'status', status, 'missed', 0)
  publish({ type = 'status_chosen', agent = agent, status = status, reason = reason })
  for _, line in ipairs(lines_of(agent)) do queue_changed(line) end
end
settle()
return 1
