package frame

import "testing"

// RFC 9218, section 7.1.
func TestPriorityUpdate(t *testing.T) {
	t.Parallel()
	rows := []row{
		{name: "7.1 value", payload: "80000003 753d31", want: `PRIORITY_UPDATE 3 "u=1"`},
		{name: "7.1 empty value", payload: "00000003", want: `PRIORITY_UPDATE 3 ""`},
		{name: "7.1 stream 0 prioritized", payload: "80000000 753d31", err: errUpdatePrioritized},
		{name: "7.1 on a stream", stream: 3, payload: "00000003 753d31", err: errUpdateStream},
		{name: "4.2 three octets", payload: "000003", err: errUpdateShort},
	}
	for i := range rows {
		rows[i].t = TypePriorityUpdate
	}
	check(t, rows)
}
