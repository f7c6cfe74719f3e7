-- Health of a MeshPolicy, an IngressProfile or an EgressProfile.
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
local programmed = conditions.Programmed or {}
if programmed.status == "False" and programmed.reason ~= "Pending" and programmed.reason ~= "Held" then
  return { status = "Degraded", message = programmed.message }
end
local ready = conditions.Ready or {}
if ready.status == "True" then
  return { status = "Healthy", message = accepted.message }
end
return { status = "Progressing", message = ready.message }
