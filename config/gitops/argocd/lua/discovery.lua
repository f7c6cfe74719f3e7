-- Which actions a CanaryRelease offers now. The operator decides; this only keeps buttons away that would be refused.
local state = (obj.status or {}).release or {}
local phase = state.phase
local live = phase == "Retargeting" or phase == "Progressing" or phase == "AwaitingApproval" or phase == "Paused" or phase == "Suspended"
local step = state.step
local waits = false
if live and step ~= nil and step.approval then
  waits = true
  for _, approval in ipairs(state.approvals or {}) do
    if approval.step == step.number and approval.generation == obj.metadata.generation then
      waits = false
    end
  end
end
local rollout = obj.spec.rollout ~= nil
local function action(name, icon, offered)
  return {
    displayName = name,
    iconClass = "fa fa-fw fa-" .. icon,
    disabled = not offered,
    params = { { name = "reason" } },
  }
end
return {
  approve = action("Approve step", "check-circle", waits),
  promote = action("Promote step", "forward", live and step ~= nil and not step.promoted),
  pause = action("Pause", "pause-circle", live and state.pause == nil),
  resume = action("Resume", "play-circle", state.pause ~= nil or (not rollout and phase ~= nil and phase ~= "Manual")),
  abort = action("Abort", "times-circle", live),
  retry = action("Retry", "redo", rollout and phase == "RolledBack"),
}
