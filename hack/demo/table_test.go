package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func viewOfShop() view {
	orders := []answerer{{name: "v1", deployment: "orders-v1", wanted: 87.5, programmed: 87.5}, {name: "v2", deployment: "orders-v2", wanted: 12.5, programmed: 12.5}}
	shop := route{host: "shop.example", path: "/api/orders", answerers: orders}
	canary, web := shop, route{host: "shop.example", path: "/a/path/that/is/longer/than/its/column"}
	canary.special, canary.answerers = "x-canary: 1", everythingTo(orders, "v2")
	return view{
		rows: []row{
			newRow(web, bucket{done: 4, failed: 1, failure: "503 Service Unavailable", byDeployment: map[string]int{"web-v1": 3}}),
			newRow(shop, bucket{done: 200, byDeployment: map[string]int{"orders-v1": 174, "orders-v2": 26}}),
			newRow(canary, bucket{done: 50, byDeployment: map[string]int{"orders-v2": 50}}),
		},
		remarks: []string{"CanaryRelease shop/users: Invalid: " + strings.Repeat("words that go on and on ", 20)},
		done:    12345, failed: 1, running: 61 * time.Second,
	}
}

func TestTable(t *testing.T) {
	want := `ROUTE                          ANSWERED BY     WANTED    SEEN            ERRORS
shop.example/a/path/that/is/l… web-v1               –  75.0 % ███████▌        1
  the last error: 503 Service Unavailable
shop.example/api/orders        v1              87.5 %  87.0 % ████████▊       0
                               v2              12.5 %  13.0 % █▎
  with x-canary: 1             v2               100 % 100.0 % ██████████      0

12,345 requests in 1m1s, 1 failed
! CanaryRelease shop/users: Invalid: words that go on and on words that go on`
	got := strings.Join(viewOfShop().lines(false), "\n")
	if !strings.HasPrefix(got, want) {
		t.Errorf("the table is\n%s\nnot\n%s", got, want)
	}
	for _, line := range strings.Split(got, "\n") {
		if width := utf8.RuneCountInString(line); width > tableWidth {
			t.Errorf("%d columns: %s", width, line)
		}
	}
}

func TestPlainLines(t *testing.T) {
	now := time.Date(2026, 11, 22, 18, 2, 31, 0, time.UTC)
	got := strings.Join(viewOfShop().plainLines(now)[:4], "\n")
	want := `18:02:31  shop.example/a/path/that/is/longer/than/its/column: web-v1 seen 75.0%; 4 requests, 1 errors
18:02:31    the last error: 503 Service Unavailable
18:02:31  shop.example/api/orders: v1 wanted 87.5% seen 87.0%, v2 wanted 12.5% seen 13.0%; 200 requests, 0 errors
18:02:31  shop.example/api/orders with x-canary: 1: v2 wanted 100% seen 100.0%; 50 requests, 0 errors`
	if got != want {
		t.Errorf("the log is\n%s\nnot\n%s", got, want)
	}
}

func TestCountsLookBackTenSeconds(t *testing.T) {
	var c counts
	now := time.Unix(1000, 0)
	for second := range 20 {
		c.add(answer{pod: "orders-v1-5d4f-x2x7p", version: "v1"}, now.Add(time.Duration(second)*time.Second))
	}
	c.add(answer{failure: "404 Not Found"}, now.Add(19*time.Second))
	recent := c.recent(now.Add(19 * time.Second))
	if recent.done != 11 || recent.failed != 1 || recent.byDeployment["orders-v1"] != 10 || recent.byVersion["v1"] != 10 {
		t.Errorf("the window holds %+v", recent)
	}
	if done, failed := c.total(); done != 21 || failed != 1 {
		t.Errorf("in all %d, %d", done, failed)
	}
	if c.forget(); c.recent(now.Add(19*time.Second)).done != 0 {
		t.Error("nothing is forgotten")
	}
}
