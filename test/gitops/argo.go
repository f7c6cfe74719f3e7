package gitops

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"
	"sigs.k8s.io/yaml"
)

// keys of argocd-cm, before the kind.
const (
	healthKey  = "resource.customizations.health.kubemate.io_"
	actionsKey = "resource.customizations.actions.kubemate.io_"
)

// Argo runs the scripts of argocd-cm.yaml.
type Argo struct {
	data map[string]string
	now  time.Time
}

// Health is what Argo CD shows of an object.
type Health struct{ Status, Message string }

// Actions are the customization of a kind's actions.
type Actions struct {
	Discovery   string       `json:"discovery.lua"`
	Definitions []Definition `json:"definitions"`
}

// Definition is the script of one action.
type Definition struct {
	Name   string `json:"name"`
	Action string `json:"action.lua"`
}

// ReadArgo reads config/gitops/argocd/argocd-cm.yaml in the checkout. The clock is that of the scripts.
func ReadArgo(checkout string, now time.Time) (*Argo, error) {
	content, err := os.ReadFile(checkout + "/config/gitops/argocd/argocd-cm.yaml")
	if err != nil {
		return nil, err
	}
	var patch struct {
		Data map[string]string `json:"data"`
	}
	if err := yaml.UnmarshalStrict(content, &patch); err != nil {
		return nil, err
	}
	return &Argo{data: patch.Data, now: now}, nil
}

// Health runs the health script of the kind.
func (a *Argo) Health(kind string, object map[string]any) (Health, error) {
	script, ok := a.data[healthKey+kind]
	if !ok {
		return Health{}, errors.New("there is no health script for the kind " + kind)
	}
	result, err := a.run(script, object, nil)
	if err != nil {
		return Health{}, err
	}
	fields, ok := result.(map[string]any)
	if !ok {
		return Health{}, fmt.Errorf("the health script of %s returns %T", kind, result)
	}
	return Health{text(fields["status"]), text(fields["message"])}, nil
}

// Actions are those of the kind.
func (a *Argo) Actions(kind string) (Actions, error) {
	var found Actions
	err := yaml.UnmarshalStrict([]byte(a.data[actionsKey+kind]), &found)
	return found, err
}

// Discovered are the actions that Argo CD shows for an object, by name.
func (a *Argo) Discovered(kind string, object map[string]any) (map[string]map[string]any, error) {
	actions, err := a.Actions(kind)
	if err != nil {
		return nil, err
	}
	result, err := a.run(actions.Discovery, object, nil)
	if err != nil {
		return nil, err
	}
	fields, ok := result.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("discovery.lua of %s returns %T", kind, result)
	}
	found := map[string]map[string]any{}
	for name, action := range fields {
		if found[name], ok = action.(map[string]any); !ok {
			return nil, fmt.Errorf("discovery.lua of %s: %s is %T", kind, name, action)
		}
	}
	return found, nil
}

// Offered are the names of those that a person can choose, sorted.
func (a *Argo) Offered(kind string, object map[string]any) ([]string, error) {
	found, err := a.Discovered(kind, object)
	if err != nil {
		return nil, err
	}
	var names []string
	for name, action := range found {
		if action["disabled"] != true {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Create runs an action and returns the one object that it wants to be created. Parameters are nil in Argo CD before 3.1.
func (a *Argo) Create(kind, name string, object, parameters map[string]any) (map[string]any, error) {
	actions, err := a.Actions(kind)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(actions.Definitions, func(d Definition) bool { return d.Name == name })
	if i < 0 {
		return nil, errors.New("there is no action " + name)
	}
	result, err := a.run(actions.Definitions[i].Action, object, parameters)
	if err != nil {
		return nil, err
	}
	list, ok := result.([]any)
	if !ok || len(list) != 1 {
		return nil, fmt.Errorf("the action %s returns %v, not one thing to do", name, result)
	}
	impact, ok := list[0].(map[string]any)
	if !ok || impact["operation"] != "create" {
		return nil, fmt.Errorf("the action %s does something else than create: %v", name, list[0])
	}
	created, ok := impact["resource"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the action %s creates %v", name, impact["resource"])
	}
	return created, nil
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// run runs a script in the sandbox of Argo CD (argo-cd, util/lua/lua.go): the libraries base, package and table, and of os what tells the time. In
// particular there is no string library. A script has one second.
func (a *Argo) run(script string, object, parameters map[string]any) (any, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{{lua.LoadLibName, lua.OpenPackage}, {lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(library.open), Protect: true}, lua.LString(library.name)); err != nil {
			return nil, err
		}
	}
	state.PreloadModule(lua.OsLibName, a.clock)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.SetContext(ctx)
	state.SetGlobal("obj", toLua(state, object))
	if parameters != nil {
		state.SetGlobal("actionParams", toLua(state, parameters))
	}
	if err := state.DoString(script); err != nil {
		return nil, err
	}
	return fromLua(state.Get(-1)), nil
}

// clock is the library os.
func (a *Argo) clock(state *lua.LState) int {
	state.Push(state.SetFuncs(state.NewTable(), map[string]lua.LGFunction{
		"time": func(state *lua.LState) int {
			state.Push(lua.LNumber(a.now.Unix()))
			return 1
		},
	}))
	return 1
}
