package release

import "github.com/kubemate/kubemate/api/v1alpha1"

var english = language{
	intro: `# States of a release

How a CanaryRelease moves, as ` + "`internal/release`" + ` decides it. This page is made from the table of transitions that the tests go by: each line is shown by a test, and
an exhaustive search of a small model finds no other. Run ` + "`make golden`" + ` after a change.
`,
	phasesTitle: "Phases", drawnTitle: "Drawn", tableTitle: "Transitions", rulesTitle: "Rules that hold in every phase",
	columns:     [4]string{"from", "to", "reason", "when"},
	anyUnderWay: "rollout under way", stays: "stays",
	when: func(t transition) string { return t.when },
	phase: map[v1alpha1.ReleasePhase]string{
		manual:      "weights by hand, no rollout. Weights and match rules are those of the spec.",
		retargeting: "the rollout has a new target; first the match rules of the old one go.",
		progressing: "the rollout moves, or waits for something that needs no decision of a person; the reason says for what.",
		awaiting:    "the step is over but for its approval.",
		paused:      "a person, or too many errors, stopped the rollout where it is.",
		suspended:   "`spec.suspend`, or the mark `kubemate.io/reconcile: disabled`, stopped the rollout where it is.",
		success:     "the end: everything goes to `rollout.to`, which is stable now; no match rule holds. No edit but another `rollout.to` moves requests.",
		rolledBack:  "the end: everything goes to stable; no match rule holds. No edit but another `rollout.to`, and the action Retry, moves requests.",
		stopped:     "weights by hand that the kill switch overrode: everything goes to stable.",
	},
	rules: []string{
		"What goes to stable goes at once: it waits for no pods, no metrics, no approval and no data plane.",
		"A step that raises a share waits for ready replicas: with `capacity: Proportional` the share of the replicas that stable wanted when the rollout started, rounded up; with `AllReady` all that the variant itself wants; at least one.",
		"A step is held from when its split is programmed in mesh and edge and has settled. Hold and deadline stand still while the rollout is paused or suspended, the deadline also while it waits for an approval. Time that the operator was away counts.",
		"The analysis judges one interval after the other from when the split has settled. The step goes on only after an interval that passed. Failed intervals of a step add up, errors count in a row, no data follows `onNoData`. Of the intervals that ended while the operator was away only the last is judged. Comparisons with stable are left out while stable has no share.",
		"Steps are taken as they are when they begin; edits apply from the next one. When steps were taken away the next one is the last. Weights of other variants apply from the next step too.",
		"An approval counts for the spec that was approved: after an edit the step must be approved again.",
		"An action is applied once, to the release and the generation that it names; its UID is written together with its effect.",
		"Match rules of a target that was left do not hold in the rollouts that follow, unless it becomes the target again.",
		"Weights beside a finished rollout move nothing. Without a rollout in the spec, the finished split stays until the weights are edited.",
		"The kill switch passes suspension, pause and `kubemate.io/reconcile: disabled`. What is edited or asked for while it is on moves nothing when it is lifted.",
	},
}

var chinese = language{
	intro: `# 发布的状态

CanaryRelease 如何变化，由 ` + "`internal/release`" + ` 决定。本页由测试所依据的状态转换表生成：每一行都有对应的测试，对小规模模型的穷举搜索没有发现其他转换。修改后请运行 ` + "`make golden`" + `。
`,
	phasesTitle: "阶段", drawnTitle: "状态图", tableTitle: "状态转换", rulesTitle: "在所有阶段都成立的规则",
	columns:     [4]string{"从", "到", "原因", "条件"},
	anyUnderWay: "发布进行中", stays: "不变",
	when: func(t transition) string { return t.chinese },
	phase: map[v1alpha1.ReleasePhase]string{
		manual:      "手工权重，没有发布。权重与匹配规则即 spec 所写。",
		retargeting: "发布有了新的目标；先移除旧目标的匹配规则。",
		progressing: "发布正在推进，或在等待无需人工决定的事情；原因字段说明在等什么。",
		awaiting:    "该步骤除审批外均已完成。",
		paused:      "由人或因连续错误而停在原处。",
		suspended:   "由 `spec.suspend` 或标注 `kubemate.io/reconcile: disabled` 停在原处。",
		success:     "结束：全部流量到 `rollout.to`，它成为稳定版本；匹配规则全部失效。除更换 `rollout.to` 外，任何修改都不移动流量。",
		rolledBack:  "结束：全部流量到稳定版本；匹配规则全部失效。除更换 `rollout.to` 与操作 Retry 外，任何修改都不移动流量。",
		stopped:     "手工权重被总开关覆盖：全部流量到稳定版本。",
	},
	rules: []string{
		"回到稳定版本总是立即进行：不等待 Pod、指标、审批或数据面。",
		"提高份额的步骤要等待就绪副本：`capacity: Proportional` 为发布开始时稳定版本期望副本数乘以份额并向上取整；`AllReady` 为该版本自身期望的全部副本；至少一个。",
		"保持时间从分流在网格与入口均已下发并稳定时算起。暂停或挂起时保持与截止时间都停止计时，等待审批时截止时间停止计时。操作器不在的时间照常计入。",
		"分析自分流稳定起逐个区间进行；只有在一个区间通过之后步骤才会继续。同一步骤的失败区间累计，错误按连续计数，无数据按 `onNoData` 处理。操作器不在期间结束的区间只评判最后一个。稳定版本没有份额时不做与它的比较。",
		"步骤以开始时的内容为准；修改从下一步生效。步骤被删减后，下一步即最后一步。其他版本的权重修改同样从下一步生效。",
		"审批只对当时的 spec 有效：修改之后需要重新审批。",
		"操作只生效一次，只作用于它所指明的资源与 generation；其 UID 与效果在同一次写入中保存。",
		"被放弃的目标的匹配规则在之后的发布中不再生效，除非它再次成为目标。",
		"发布结束后 spec 中的权重不移动流量；spec 中没有发布时，结束时的分流保持到权重被修改为止。",
		"总开关优先于挂起、暂停与 `kubemate.io/reconcile: disabled`。打开期间的修改与操作，在关闭之后也不移动流量。",
	},
}
