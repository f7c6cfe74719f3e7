-- Health of a CanaryRelease. Waiting for people (an approval, a pause, a suspension) is Suspended; a rollout that was rolled back is Degraded.
local status = obj.status or {}
if tonumber(status.observedGeneration) ~= tonumber(obj.metadata.generation) then
  return { status = "Progressing", message = "Kubemate has not looked at this generation yet" }
end
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end
local accepted = conditions.Accepted or {}
if accepted.status == "False" then
  if accepted.reason == "Suspended" then
    return { status = "Suspended", message = accepted.message }
  end
  return { status = "Degraded", message = accepted.message }
end
local says = status.explanation or ""
local phase = status.phase
if phase == "RolledBack" or phase == "Stopped" then
  return { status = "Degraded", message = says }
end
if phase == "AwaitingApproval" or phase == "Paused" or phase == "Suspended" then
  return { status = "Suspended", message = says }
end
local programmed = conditions.Programmed or {}
if programmed.status == "False" and programmed.reason ~= "Pending" and programmed.reason ~= "Held" then
  return { status = "Degraded", message = programmed.message }
end
local ready = conditions.Ready or {}
if ready.status == "True" then
  return { status = "Healthy", message = says }
end
if says == "" then
  says = ready.message or ""
end
return { status = "Progressing", message = says }
