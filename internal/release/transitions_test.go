package release

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
)

// Phases, briefly.
const (
	manual      = v1alpha1.PhaseManual
	retargeting = v1alpha1.PhaseRetargeting
	progressing = v1alpha1.PhaseProgressing
	awaiting    = v1alpha1.PhaseAwaitingApproval
	paused      = v1alpha1.PhasePaused
	suspended   = v1alpha1.PhaseSuspended
	success     = v1alpha1.PhaseSucceeded
	rolledBack  = v1alpha1.PhaseRolledBack
	stopped     = v1alpha1.PhaseStopped
)

var underWay = []v1alpha1.ReleasePhase{retargeting, progressing, awaiting, paused, suspended}

// transition is a line of the drawn table: the documentation is made from these, the search finds no other, and each is shown by a story that begins
// in each of its phases.
type transition struct {
	from   []v1alpha1.ReleasePhase
	to     v1alpha1.ReleasePhase // empty: the phase stays
	reason string
	// when, in English and Chinese.
	when, chinese string
	// shown makes it happen to a release that is in the phase from.
	shown func(s *story, from v1alpha1.ReleasePhase)
}

func phases(list ...v1alpha1.ReleasePhase) []v1alpha1.ReleasePhase { return list }

func transitions() []transition {
	return []transition{
		{
			phases(manual, stopped, success, rolledBack), progressing, v1alpha1.ReasonStarted,
			"`spec.rollout` is added to weights by hand, or `rollout.to` names another variant than the rollout that is over",
			"在手工权重之上新增 `spec.rollout`，或 `rollout.to` 指向与已结束的发布不同的版本",
			func(s *story, _ v1alpha1.ReleasePhase) {
				rollout := newStory(s.t).spec.Rollout
				s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = rollout; spec.Rollout.To = "v3" })
			},
		},
		{
			phases(rolledBack), progressing, v1alpha1.ReasonRetried,
			"action Retry", "操作 Retry",
			func(s *story, _ v1alpha1.ReleasePhase) { s.act(v1alpha1.VerbRetry) },
		},
		{
			underWay, retargeting, v1alpha1.ReasonTargetChanged,
			"`rollout.to` names another variant; the share of the old target goes to stable and its match rules go. While suspended, once that is over",
			"`rollout.to` 指向另一个版本：旧目标的流量份额回到稳定版本，其匹配规则被移除。若处于挂起状态，则在恢复之后进行",
			func(s *story, _ v1alpha1.ReleasePhase) {
				s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
					spec.Suspend = false
					spec.Variants = append(spec.Variants, v1alpha1.Variant{Name: "v4"})
					spec.Rollout.To = "v4"
				})
			},
		},
		{
			phases(retargeting, progressing, awaiting), progressing, v1alpha1.ReasonStepBegun,
			"the step before is over (programmed in mesh and edge, settled, held, its last interval passed, approved) and there are enough ready replicas; before the first step only what it starts from must be in force",
			"上一步已完成（网格与入口均已下发并稳定、保持时间已满、最近一次分析区间通过、已审批），且就绪副本足够；第一步之前只要求起始分流已生效",
			func(s *story, from v1alpha1.ReleasePhase) {
				if from == awaiting {
					s.act(v1alpha1.VerbApprove, s.state.Step.Number)
					return
				}
				s.program()
				s.after(10 * time.Minute)
			},
		},
		{
			phases(retargeting, progressing, awaiting), progressing, v1alpha1.ReasonInsufficientCapacity,
			"the same, but the next step would raise a share beyond the ready replicas: it waits",
			"同上，但下一步会使份额超出就绪副本的承载能力：等待",
			func(s *story, from v1alpha1.ReleasePhase) {
				s.seen.Replicas = map[v1alpha1.VariantName]Replicas{"v1": {Ready: 10, Wanted: 10}}
				if from == retargeting {
					s.spec.Rollout.Steps = steps("50", "100")
				}
				s.program()
				s.after(10 * time.Minute)
				if from == awaiting {
					s.act(v1alpha1.VerbApprove, s.state.Step.Number)
				}
			},
		},
		{
			phases(retargeting, progressing, awaiting), progressing, v1alpha1.ReasonHeld,
			"the same, but the release is not accepted, or `spec.stable` was set to the target too early: it waits",
			"同上，但该资源未被接受，或 `spec.stable` 过早地设为目标版本：等待",
			func(s *story, from v1alpha1.ReleasePhase) {
				s.seen.Held = "no such Deployment"
				s.program()
				s.after(10 * time.Minute)
				if from == awaiting {
					s.act(v1alpha1.VerbApprove, s.state.Step.Number)
				}
			},
		},
		{
			phases(progressing), awaiting, v1alpha1.ReasonAwaitingApproval,
			"the step is over but for its approval; the deadline stands still, the analysis goes on",
			"该步骤除审批外均已完成；截止时间停止计时，分析继续进行",
			func(s *story, _ v1alpha1.ReleasePhase) {
				s.after(10 * time.Minute)
				s.settle()
			},
		},
		{
			phases(progressing, awaiting, paused, suspended), "", v1alpha1.ReasonApproved,
			"action Approve for the present step, which needs it", "针对当前步骤的操作 Approve（该步骤需要审批）",
			func(s *story, from v1alpha1.ReleasePhase) {
				if from != awaiting {
					*s = *newStory(s.t)
					s.spec.Rollout.Steps = steps("5 10m approval", "100")
					reach(s, from)
				}
				s.act(v1alpha1.VerbApprove, s.state.Step.Number)
			},
		},
		{
			phases(progressing, awaiting, paused, suspended), "", v1alpha1.ReasonPromoted,
			"action Promote for the present step: its hold and analysis are over, its approval is not", "针对当前步骤的操作 Promote：结束保持与分析，但不代替审批",
			func(s *story, _ v1alpha1.ReleasePhase) { s.act(v1alpha1.VerbPromote, s.state.Step.Number) },
		},
		{
			phases(progressing, awaiting), rolledBack, v1alpha1.ReasonAnalysisFailed,
			"`failureLimit` intervals of the step failed", "该步骤失败的区间数达到 `failureLimit`",
			func(s *story, from v1alpha1.ReleasePhase) { judged(s, from); s.judge(v1alpha1.VerdictFail) },
		},
		{
			phases(progressing, awaiting), paused, v1alpha1.ReasonAnalysisFailed,
			"the same with `onFailure: Pause`", "同上，且 `onFailure: Pause`",
			func(s *story, from v1alpha1.ReleasePhase) {
				s.spec.Rollout.OnFailure = v1alpha1.OnFailurePause
				judged(s, from)
				s.judge(v1alpha1.VerdictFail)
			},
		},
		{
			phases(progressing, awaiting), paused, v1alpha1.ReasonAnalysisError,
			"`errorLimit` intervals in a row ended in an error", "连续 `errorLimit` 个区间以错误结束",
			func(s *story, from v1alpha1.ReleasePhase) {
				judged(s, from)
				for range defaultErrorLimit {
					s.judge(v1alpha1.VerdictError)
				}
			},
		},
		{
			phases(retargeting, progressing), rolledBack, v1alpha1.ReasonDeadlineExceeded,
			"the rollout has run for its `deadline`", "发布运行时间达到 `deadline`",
			func(s *story, _ v1alpha1.ReleasePhase) { late(s) },
		},
		{
			phases(retargeting, progressing), paused, v1alpha1.ReasonDeadlineExceeded,
			"the same with `onFailure: Pause`", "同上，且 `onFailure: Pause`",
			func(s *story, _ v1alpha1.ReleasePhase) { s.spec.Rollout.OnFailure = v1alpha1.OnFailurePause; late(s) },
		},
		{
			phases(retargeting, progressing, awaiting), paused, v1alpha1.ReasonPaused,
			"action Pause; all clocks stand still and nothing is judged", "操作 Pause：所有计时停止，不再评判",
			func(s *story, _ v1alpha1.ReleasePhase) { s.act(v1alpha1.VerbPause) },
		},
		{
			phases(suspended), "", v1alpha1.ReasonPaused,
			"action Pause while suspended: paused once that is over", "挂起期间的操作 Pause：恢复后即为暂停",
			func(s *story, _ v1alpha1.ReleasePhase) { s.act(v1alpha1.VerbPause) },
		},
		{
			phases(paused), progressing, v1alpha1.ReasonResumed,
			"action Resume; what led to the pause counts from zero", "操作 Resume：导致暂停的计数归零",
			func(s *story, _ v1alpha1.ReleasePhase) { s.act(v1alpha1.VerbResume) },
		},
		{
			phases(suspended), "", v1alpha1.ReasonResumed,
			"action Resume while both paused and suspended: still suspended", "既暂停又挂起时的操作 Resume：仍为挂起",
			func(s *story, _ v1alpha1.ReleasePhase) { s.act(v1alpha1.VerbPause); s.act(v1alpha1.VerbResume) },
		},
		{
			phases(retargeting, progressing, awaiting, paused), suspended, v1alpha1.ReasonSuspended,
			"`spec.suspend` is true, or the object is marked `kubemate.io/reconcile: disabled`", "`spec.suspend` 为 true，或对象标注了 `kubemate.io/reconcile: disabled`",
			func(s *story, _ v1alpha1.ReleasePhase) {
				s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
			},
		},
		{
			phases(suspended), progressing, v1alpha1.ReasonUnsuspended,
			"that is over", "上述情形结束",
			func(s *story, _ v1alpha1.ReleasePhase) {
				s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = false })
			},
		},
		{
			underWay, rolledBack, v1alpha1.ReasonAborted,
			"action Abort", "操作 Abort",
			func(s *story, _ v1alpha1.ReleasePhase) { s.act(v1alpha1.VerbAbort) },
		},
		{
			phases(retargeting, progressing, awaiting), success, v1alpha1.ReasonSucceeded,
			"the last step is over; or the target is stable itself", "最后一步已完成；或目标就是稳定版本",
			func(s *story, from v1alpha1.ReleasePhase) {
				if from == retargeting {
					s.edit(to("v1"))
					s.settle()
					return
				}
				*s = *newStory(s.t)
				s.spec.Rollout.Steps = steps("100 10m")
				if from == awaiting {
					s.spec.Rollout.Steps = steps("100 10m approval")
				}
				s.decide()
				s.settle()
				s.after(10 * time.Minute)
				if from == awaiting {
					s.act(v1alpha1.VerbApprove, 1)
				}
			},
		},
		{
			phases(retargeting, progressing), "", v1alpha1.ReasonBegunAtEnd,
			"before the first step, stable has no pods and is meant to have none, and the target is ready: the rollout succeeds at once",
			"第一步之前，稳定版本没有且不应有 Pod，而目标已就绪：发布立即成功",
			func(s *story, from v1alpha1.ReleasePhase) {
				if from == progressing {
					*s = *newStory(s.t)
				}
				s.seen.Replicas["v1"] = Replicas{}
				s.decide()
				s.settle()
			},
		},
		{
			underWay, rolledBack, v1alpha1.ReasonKillSwitch,
			"the kill switch is on", "总开关打开",
			func(s *story, _ v1alpha1.ReleasePhase) { kill(s) },
		},
		{
			phases(manual, stopped, success, rolledBack), rolledBack, v1alpha1.ReasonKillSwitch,
			"the same, while the spec has a rollout that has not started, or requests are not at stable", "同上，且 spec 中有尚未开始的发布，或流量不在稳定版本",
			func(s *story, from v1alpha1.ReleasePhase) {
				rollout := newStory(s.t).spec.Rollout
				s.seen.KillSwitch = v1alpha1.KillSwitchCluster
				s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
					if from == success || from == rolledBack {
						spec.Stable = "v3"
					}
					spec.Rollout = rollout
				})
			},
		},
		{
			phases(manual), stopped, v1alpha1.ReasonKillSwitch,
			"the kill switch is on and weights are by hand", "总开关打开，且为手工权重",
			func(s *story, _ v1alpha1.ReleasePhase) { kill(s) },
		},
		{
			underWay, manual, v1alpha1.ReasonManual,
			"`spec.rollout` is taken out: the weights by hand are in force", "移除 `spec.rollout`：手工权重生效",
			func(s *story, _ v1alpha1.ReleasePhase) { s.edit(noRollout) },
		},
		{
			phases(stopped, success, rolledBack), manual, v1alpha1.ReasonManual,
			"without a rollout in the spec: the weights by hand were edited (after the kill switch: anything was), or action Resume", "spec 中没有发布，且手工权重被修改（总开关之后：任何修改均可），或操作 Resume",
			func(s *story, _ v1alpha1.ReleasePhase) {
				s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = nil; *spec.Variants[0].Weight = 1 })
			},
		},
	}
}

// judged brings a story into a phase with an analysis.
func judged(s *story, from v1alpha1.ReleasePhase) {
	policy := s.spec.Rollout.OnFailure
	*s = *newStory(s.t)
	s.spec.Rollout.OnFailure = policy
	s.analyse()
	if from != awaiting {
		s.atStep1()
		return
	}
	s.spec.Rollout.Steps = steps("5 approval", "100")
	s.decide()
	s.settle()
	s.judge(v1alpha1.VerdictPass)
	s.Expect(s.state.Phase).To(Equal(awaiting))
}

func late(s *story) {
	deadline := v1alpha1.LongDuration("1h")
	s.spec.Rollout.Deadline = &deadline
	s.after(time.Hour)
}

func kill(s *story) {
	s.seen.KillSwitch = v1alpha1.KillSwitchNamespace
	s.decide()
}

// reach brings a new story into a phase.
func reach(s *story, phase v1alpha1.ReleasePhase) {
	switch phase {
	case manual:
		s.byHand()
	case retargeting:
		s.atStep1()
		s.edit(to("v3"))
	case progressing:
		s.atStep1()
	case awaiting:
		s.atStep2()
	case paused:
		s.atStep1()
		s.act(v1alpha1.VerbPause)
	case suspended:
		s.atStep1()
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
	case success:
		s.succeeded()
	case rolledBack:
		s.rolledBack()
	case stopped:
		s.byHand()
		kill(s)
		s.program()
		s.seen.KillSwitch = ""
		s.decide()
	}
	s.Expect(asPhase(s.state)).To(Equal(phase))
}

func TestTransitions(t *testing.T) {
	for _, line := range transitions() {
		for _, from := range line.from {
			t.Run(fmt.Sprintf("%s %s: %s", from, line.reason, line.when), func(t *testing.T) {
				s := newStory(t)
				reach(s, from)
				s.edges = map[edge]int{}
				line.shown(s, from)
				want := edge{from, line.to, line.reason}
				if line.to == "" {
					want.to = from
				}
				s.Expect(s.edges).To(HaveKey(want))
			})
		}
	}
}

// known are the transitions of the table.
func known() map[edge]bool {
	edges := map[edge]bool{}
	for _, line := range transitions() {
		for _, from := range line.from {
			next := edge{from, line.to, line.reason}
			if line.to == "" {
				next.to = from
			}
			edges[next] = true
		}
	}
	return edges
}

// unknown are transitions that the table does not have.
func unknown(edges map[edge]int) []edge {
	var list []edge
	table := known()
	for e := range edges {
		if !table[e] {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b edge) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return list
}

func TestDocumentation(t *testing.T) {
	golden.Check(t, "../../docs/release-states.md", document(english))
	golden.Check(t, "../../docs/release-states.zh-CN.md", document(chinese))
}

// language is what the documentation says in one language.
type language struct {
	intro, phasesTitle, drawnTitle, tableTitle string
	columns                                    [4]string
	phase                                      map[v1alpha1.ReleasePhase]string
	anyUnderWay, stays                         string
	when                                       func(transition) string
	rulesTitle                                 string
	rules                                      []string
}

// document writes the page.
func document(in language) string {
	var b strings.Builder
	b.WriteString(in.intro)
	fmt.Fprintf(&b, "\n## %s\n\n", in.phasesTitle)
	order := append(slices.Clone(underWay), success, rolledBack, manual, stopped)
	for _, phase := range order {
		fmt.Fprintf(&b, "- **%s**: %s\n", phase, in.phase[phase])
	}
	fmt.Fprintf(&b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n    [*] --> Manual\n", in.drawnTitle)
	fmt.Fprintf(&b, "    state \"%s\" as UnderWay {\n", in.anyUnderWay)
	drawn := map[[2]string][]string{}
	var arrows [][2]string
	for _, line := range transitions() {
		for _, from := range origins(line) {
			if line.to == "" || from == string(line.to) {
				continue
			}
			arrow := [2]string{from, string(line.to)}
			if drawn[arrow] == nil {
				arrows = append(arrows, arrow)
			}
			if !slices.Contains(drawn[arrow], line.reason) {
				drawn[arrow] = append(drawn[arrow], line.reason)
			}
		}
	}
	inside := func(arrow [2]string) bool {
		return slices.Contains(underWay, v1alpha1.ReleasePhase(arrow[0])) && slices.Contains(underWay, v1alpha1.ReleasePhase(arrow[1]))
	}
	for _, arrow := range arrows {
		if inside(arrow) {
			fmt.Fprintf(&b, "        %s --> %s: %s\n", arrow[0], arrow[1], strings.Join(drawn[arrow], ", "))
		}
	}
	b.WriteString("    }\n")
	for _, arrow := range arrows {
		if !inside(arrow) {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", arrow[0], arrow[1], strings.Join(drawn[arrow], ", "))
		}
	}
	fmt.Fprintf(&b, "```\n\n## %s\n\n| %s |\n|---|---|---|---|\n", in.tableTitle, strings.Join(in.columns[:], " | "))
	for _, line := range transitions() {
		next := string(line.to)
		if line.to == "" {
			next = in.stays
		}
		from := strings.Join(origins(line), ", ")
		if from == "UnderWay" {
			from = in.anyUnderWay
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", from, next, line.reason, in.when(line))
	}
	fmt.Fprintf(&b, "\n## %s\n\n", in.rulesTitle)
	for _, rule := range in.rules {
		fmt.Fprintf(&b, "- %s\n", rule)
	}
	return b.String()
}

// origins are where a transition begins; all phases of a rollout under way are one.
func origins(line transition) []string {
	if len(line.from) == len(underWay) && line.to != retargeting {
		return []string{"UnderWay"}
	}
	names := make([]string, len(line.from))
	for i, from := range line.from {
		names[i] = string(from)
	}
	return names
}
