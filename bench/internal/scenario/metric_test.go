package scenario

import "testing"

func TestMedian(t *testing.T) {
	t.Parallel()
	got := Median([]Sample{
		{CPU: 9, Rate: 1, Errors: 2},
		{CPU: 1, Rate: 3, Errors: 0},
		{CPU: 5, Errors: 5},
	})
	want := Sample{CPU: 5, Rate: 2, Errors: 7}
	for m, v := range want {
		if got[m] != v {
			t.Errorf("median of %s = %v, want %v", m, got[m], v)
		}
	}
	if _, ok := got[P50]; ok || len(Median(nil)) != 0 {
		t.Error("a figure that nobody measured has a median")
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		m    Metric
		v    float64
		want string
	}{
		{Rate, 1234567.8, "1,234,568"},
		{Rate, 999, "999"},
		{CPU, 4.357, "4.36"},
		{CPU, 0, "0"},
		{PerConn, -1500, "-1,500"},
		{Mem, 10 << 20, "10.0 MiB"},
		{Load, 0.123, "0.12"},
		{Kept, 1, "1.00"},
	} {
		if got := tt.m.Format(tt.v); got != tt.want {
			t.Errorf("%s of %v = %q, want %q", tt.m, tt.v, got, tt.want)
		}
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	peers := map[string]Sample{"floor": {CPU: 4}, "empty": {CPU: 0}}
	for _, tt := range []struct {
		target Target
		own    Sample
		text   string
		want   Verdict
	}{
		{Target{CPU, false, 1.15, "floor"}, Sample{CPU: 4.6}, "CPU us/req <= 1.15 x floor", Verdict{true, 1.15, true}},
		{Target{CPU, false, 1.15, "floor"}, Sample{CPU: 5}, "CPU us/req <= 1.15 x floor", Verdict{true, 1.25, false}},
		{Target{PerConn, false, 512, ""}, Sample{PerConn: 400}, "bytes/conn <= 512", Verdict{true, 400, true}},
		{Target{Kept, true, 0.8, ""}, Sample{Kept: 0.7}, "kept >= 0.80", Verdict{true, 0.7, false}},
		{Target{CPU, false, 1, "absent"}, Sample{CPU: 5}, "CPU us/req <= 1 x absent", Verdict{}},
		{Target{CPU, false, 1, "empty"}, Sample{CPU: 5}, "CPU us/req <= 1 x empty", Verdict{}},
		{Target{CPU, false, 1, "floor"}, Sample{}, "CPU us/req <= 1 x floor", Verdict{}},
	} {
		if got := tt.target.Judge(tt.own, peers); got != tt.want {
			t.Errorf("%s with %v: %+v, want %+v", tt.target, tt.own, got, tt.want)
		}
		if got := tt.target.String(); got != tt.text {
			t.Errorf("String() = %q, want %q", got, tt.text)
		}
	}
}
