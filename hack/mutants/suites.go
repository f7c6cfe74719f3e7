package main

// suite is what notices the faults of a package.
type suite struct {
	Tests []string `json:"tests"` // folders of the packages whose tests run
	Slow  string   `json:"slow"`  // the tests that run only when all others let a fault live, as go test -run takes them
	// Processor time after which the others, and these, pass for an endless loop: far more than they take. SlowSeconds 0 leaves these out.
	FastSeconds uint64 `json:"fastSeconds"`
	SlowSeconds uint64 `json:"slowSeconds"`
}

var suites = map[string]suite{
	"internal/release": {Tests: []string{"internal/release"}, Slow: "^TestSearch$", FastSeconds: 15, SlowSeconds: 90},
	"internal/compose": {
		Tests: []string{"internal/compose", "internal/plan"}, Slow: "^Test(MeshAndEdge|Nothing|Order|Planning|Splits|Objects|AMemory)",
		FastSeconds: 30, SlowSeconds: 180,
	},
}
