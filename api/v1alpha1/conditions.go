package v1alpha1

// Conditions, the same on every kind.
const (
	// ConditionAccepted says whether the intent is understood, can be expressed by the drivers and wins its conflicts.
	// While it is False, the object keeps what it last programmed.
	ConditionAccepted = "Accepted"
	// ConditionProgrammed says whether every generated object is stored and no reporting data plane refuses it.
	ConditionProgrammed = "Programmed"
	// ConditionSecretsReady, of an IngressProfile that needs Secrets, says whether they are there. Unknown: nobody has told, because Kubemate does
	// not read Secrets. What needs a Secret that is missing is closed, never open.
	ConditionSecretsReady = "SecretsReady"
	// ConditionReady sums up: True when Accepted and Programmed are True, and SecretsReady is not False.
	ConditionReady = "Ready"
)

// Reasons of Accepted.
const (
	// ReasonAccepted: understood as a whole.
	ReasonAccepted = "Accepted"
	// ReasonPartiallySupported: accepted, but the driver cannot express an advisory part; the message names field and driver.
	ReasonPartiallySupported = "PartiallySupported"
	// ReasonInvalid: a part contradicts itself or the operator's configuration.
	ReasonInvalid = "Invalid"
	// ReasonUnsupported: the driver cannot express a protective or routing part.
	ReasonUnsupported = "Unsupported"
	// ReasonConflicted: another object, named in the message, claims the same thing and is older.
	ReasonConflicted = "Conflicted"
	// ReasonServiceNotFound: the Service does not exist, or cannot carry the intent (headless, ExternalName, no selector).
	ReasonServiceNotFound = "ServiceNotFound"
	// ReasonPortNotFound: the Service has no such port.
	ReasonPortNotFound = "PortNotFound"
	// ReasonDeploymentNotFound: a variant's Deployment does not exist.
	ReasonDeploymentNotFound = "DeploymentNotFound"
	// ReasonVariantsOverlap: the pods of two variants cannot be told apart by labels.
	ReasonVariantsOverlap = "VariantsOverlap"
	// ReasonSuspended: marked kubemate.io/reconcile: disabled; what was programmed stays as it is.
	ReasonSuspended = "Suspended"
	// ReasonBypassExpires: a bypass of the mesh ends within a week.
	ReasonBypassExpires = "BypassExpires"
	// ReasonBypassExpired: a bypass of the mesh has ended and is withdrawn; pods that run keep it.
	ReasonBypassExpired = "BypassExpired"
	// ReasonTakenOver: an object of somebody else takes a Service away from what is said about it; the message names it.
	ReasonTakenOver = "TakenOver"
	// ReasonMoving: what is programmed moves to another generation of the mesh.
	ReasonMoving = "Moving"
	// ReasonRestarted: a workload was restarted, in Events.
	ReasonRestarted = "Restarted"
	// ReasonAdmitsOthers: who is admitted cannot be told from others, whom the message names.
	ReasonAdmitsOthers = "AdmitsOthers"
	// ReasonNoGatewayPods: a gateway that access rules name has no pods to admit.
	ReasonNoGatewayPods = "NoGatewayPods"
	// ReasonGatewayRefused: access rules refuse what an IngressProfile leads there through its gateway; the other object is named in the message.
	ReasonGatewayRefused = "GatewayRefused"
	// ReasonForeignRoute: routes that Kubemate did not write ask for a host of the profile; they are named in the message.
	ReasonForeignRoute = "ForeignRoute"
	// ReasonInjectorAbsent: proxies are asked for and the mesh has nobody who would put them into new pods.
	ReasonInjectorAbsent = "InjectorAbsent"
	// ReasonProxyPortClosed: a NetworkPolicy of somebody else, which the message names, will refuse the calls of proxies.
	ReasonProxyPortClosed = "ProxyPortClosed"
	// ReasonPortNotOpaque: proxies will hold up connections to ports that the message names.
	ReasonPortNotOpaque = "PortNotOpaque"
	// ReasonInternalError: rendering panicked; the Service's objects are held. A bug in Kubemate.
	ReasonInternalError = "InternalError"
)

// Reasons of Programmed.
const (
	// ReasonStored: all objects are stored, the data plane does not report.
	ReasonStored = "Stored"
	// ReasonPending: writes or their preconditions are outstanding; the message says which.
	ReasonPending = "Pending"
	// ReasonWriteFailed: the API server refused a write; the message is its own.
	ReasonWriteFailed = "WriteFailed"
	// ReasonForeignObject: an object that Kubemate did not create has the name of one that it wants to write.
	ReasonForeignObject = "ForeignObject"
	// ReasonNoHealthyBackend: stable has no ready endpoints; the last good split stays.
	ReasonNoHealthyBackend = "NoHealthyBackend"
	// ReasonHeld: the object is not accepted; what it last programmed stays.
	ReasonHeld = "Held"
	// ReasonNotServed: a gateway does not serve what is stored for it; the message has its own words. Gateways are asked only when the operator's
	// configuration says so (edge.gateways.verification).
	ReasonNotServed = "NotServed"
	// ReasonDriverUnavailable: the cluster does not serve the kinds that the driver writes.
	ReasonDriverUnavailable = "DriverUnavailable"
)

// Reasons of SecretsReady.
const (
	// ReasonIssued: cert-manager has issued the certificate.
	ReasonIssued = "Issued"
	// ReasonNotIssued: cert-manager has not issued the certificate yet; the message is its own.
	ReasonNotIssued = "NotIssued"
	// ReasonLoaded: the gateway says that it has a certificate for every host.
	ReasonLoaded = "Loaded"
	// ReasonNotLoaded: the gateway says that it has no certificate for some host.
	ReasonNotLoaded = "NotLoaded"
	// ReasonPresent: every Secret is there. Kubemate was allowed to ask (edge.secretNamespaces).
	ReasonPresent = "Present"
	// ReasonSecretMissing: some Secret is not there.
	ReasonSecretMissing = "SecretMissing"
	// ReasonNotRead: nobody has told whether the Secrets are there.
	ReasonNotRead = "NotRead"
)

// ReasonReady is the reason of Ready=True.
const ReasonReady = "Ready"

// Reasons of the phases and transitions of a release, in status.release, events and metrics. AwaitingApproval is a reason of Ready=True too.
const (
	// ReasonStarted: a rollout started.
	ReasonStarted = "Started"
	// ReasonRetried: a person started a rollout again.
	ReasonRetried = "Retried"
	// ReasonTargetChanged: the rollout has a new target.
	ReasonTargetChanged = "TargetChanged"
	// ReasonStepBegun: a step gives its share; its split is being programmed, held or judged.
	ReasonStepBegun = "StepBegun"
	// ReasonAwaitingApproval: the step is over but for its approval.
	ReasonAwaitingApproval = "AwaitingApproval"
	// ReasonApproved: a person approved a step.
	ReasonApproved = "Approved"
	// ReasonPromoted: a person ended the hold and the analysis of a step.
	ReasonPromoted = "Promoted"
	// ReasonInsufficientCapacity: the next step would raise a share beyond the ready replicas.
	ReasonInsufficientCapacity = "InsufficientCapacity"
	// ReasonAnalysisFailed: too many intervals of a step failed.
	ReasonAnalysisFailed = "AnalysisFailed"
	// ReasonAnalysisError: too many intervals in a row ended in an error.
	ReasonAnalysisError = "AnalysisError"
	// ReasonDeadlineExceeded: the rollout took too long.
	ReasonDeadlineExceeded = "DeadlineExceeded"
	// ReasonPaused: a person paused the rollout.
	ReasonPaused = "Paused"
	// ReasonResumed: a person let the rollout, or weights by hand, go on.
	ReasonResumed = "Resumed"
	// ReasonUnsuspended: spec.suspend is false again.
	ReasonUnsuspended = "Unsuspended"
	// ReasonAborted: a person sent everything to stable.
	ReasonAborted = "Aborted"
	// ReasonSucceeded: the last step is over.
	ReasonSucceeded = "Succeeded"
	// ReasonBegunAtEnd: stable has no pods and the target has, so the rollout began at its end.
	ReasonBegunAtEnd = "BegunAtEnd"
	// ReasonKillSwitch: the kill switch is, or was, on.
	ReasonKillSwitch = "KillSwitch"
	// ReasonManual: the weights of the spec take effect again.
	ReasonManual = "Manual"
)

// Labels and annotations of Kubemate.
const (
	// AnnotationReconcile with the value "disabled" on a custom resource means hands off: held, shown in status.
	AnnotationReconcile = "kubemate.io/reconcile"
	// ReconcileDisabled is the only meaningful value of AnnotationReconcile.
	ReconcileDisabled = "disabled"
	// AnnotationOrigins on a generated object names the custom resources that it comes from, "Kind/name", comma-separated and sorted.
	AnnotationOrigins = "kubemate.io/origins"
	// AnnotationRetain on a generated object that carries a split says where traffic goes when the release is gone:
	// "service=S,stable=LEAF,onDelete=Stable|Release".
	AnnotationRetain = "kubemate.io/retain"
	// AnnotationLate, "true", on a generated object says that it was written after the others of its group, and goes before them.
	AnnotationLate = "kubemate.io/late"
	// AnnotationApplied on a generated object is the digest of what Kubemate last applied.
	AnnotationApplied = "kubemate.io/applied"
	// AnnotationBorrowed on an object that users own lists, comma-separated and sorted, the annotations that Kubemate laid over it.
	AnnotationBorrowed = "kubemate.io/borrowed"
	// AnnotationRestarted on a pod template names, by a digest, the MeshPolicies and their generations for which its workload was restarted last.
	AnnotationRestarted = "kubemate.io/restarted"
	// AnnotationChangedBy on a CanaryRelease is the last person who changed its spec, or the ServiceAccount that created it when no person has. An
	// admission policy writes it, and puts back what others write there. Only under four eyes.
	AnnotationChangedBy = "kubemate.io/changed-by"
	// AnnotationChangedGeneration is the generation that AnnotationChangedBy speaks of. Another one than the release's: somebody changed the spec
	// while the policy was not in force.
	AnnotationChangedGeneration = "kubemate.io/changed-generation"
	// LabelKillSwitch on a Namespace, or on the operator's own for the whole cluster, sends all requests of its releases to stable at once. Every
	// value switches it on but "off" and "false"; write "on" in quotes, or YAML takes it for a boolean.
	LabelKillSwitch = "kubemate.io/kill-switch"
	// LabelManagedBy marks generated objects, with the value ManagedBy.
	LabelManagedBy = "app.kubernetes.io/managed-by"
	// ManagedBy is the value of LabelManagedBy.
	ManagedBy = "kubemate"
	// LabelGroup on a generated object is the group of the plan that it belongs to: "service.NAME", "profile.NAME" or a digest of it.
	LabelGroup = "kubemate.io/group"
	// LabelDriver on a generated object is the driver that emitted it, "linkerd-policy" for example.
	LabelDriver = "kubemate.io/driver"
	// LabelGateway on an edge object is the gateway that serves it.
	LabelGateway = "kubemate.io/gateway"
)
