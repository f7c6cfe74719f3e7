-- @VERB@ of a CanaryRelease: a ReleaseAction, bound to the release as it is shown.
-- The actor is the user that Argo CD is for this cluster. Change it where Argo CD has another name, or impersonates.
local actor = "system:serviceaccount:argocd:argocd-server"
local verb = "@VERB@"
local os = require("os")
local action = {
  apiVersion = "kubemate.io/v1alpha1",
  kind = "ReleaseAction",
  metadata = {
    name = obj.metadata.name .. "-@NAME@-" .. tostring(os.time()),
    namespace = obj.metadata.namespace,
  },
  spec = {
    release = obj.metadata.name,
    releaseUID = obj.metadata.uid,
    generation = obj.metadata.generation,
    action = verb,
    actor = actor,
  },
}
if verb == "Approve" or verb == "Promote" then
  local step = ((obj.status or {}).release or {}).step
  if step == nil then
    error("the release is at no step of a rollout: there is nothing to @NAME@", 0)
  end
  action.spec.step = step.number
end
if actionParams ~= nil and actionParams["reason"] ~= nil and actionParams["reason"] ~= "" then
  action.spec.reason = actionParams["reason"]
end
return { { operation = "create", resource = action } }
