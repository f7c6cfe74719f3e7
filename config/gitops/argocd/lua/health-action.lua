-- Health of a ReleaseAction: whether the operator did what was asked.
local status = obj.status or {}
if status.phase == "Applied" then
  return { status = "Healthy", message = status.message }
end
if status.phase == "Refused" or status.phase == "Ignored" then
  return { status = "Degraded", message = status.phase .. ": " .. (status.message or "") }
end
return { status = "Progressing", message = "the operator has not answered yet" }
