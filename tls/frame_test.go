package tls

import (
	"bytes"
	"testing"
)

// Records go to crypto/tls one at a time, however they come and however much
// it asks for.
func TestFrameCopiesUpToTheEndOfARecord(t *testing.T) {
	records := [][]byte{
		{23, 3, 3, 0, 3, 1, 2, 3},
		{23, 3, 3, 0, 0},
		append([]byte{23, 3, 3, 1, 4}, make([]byte, 260)...),
	}
	stream := bytes.Join(records, nil)
	for _, step := range []int{1, 2, 5, 7, 300} {
		var f frame
		src := stream
		for i, record := range records {
			var got []byte
			for len(got) == 0 || !f.isWhole() {
				dst := make([]byte, step)
				n := f.copy(dst, src[:min(len(src), 2*step)])
				if n == 0 {
					t.Fatalf("step %d: record %d stands still", step, i)
				}
				got, src = append(got, dst[:n]...), src[n:]
			}
			if !bytes.Equal(got, record) {
				t.Errorf("step %d: record %d = %x, want %x", step, i, got, record)
			}
		}
	}
}

func TestHelloIsSplitIntoTwoRecords(t *testing.T) {
	message := append([]byte{typeClientHello, 0, 3, 0}, bytes.Repeat([]byte("m"), 768)...)
	whole := append([]byte{22, 3, 1, 3, 4}, message...)
	for name, in := range map[string][]byte{"one record": whole, "many records": oneOctetRecords(message)} {
		in = append(bytes.Clone(in), "behind"...)
		var h hello
		if done, alert := h.scan(in); !done || alert != 0 {
			t.Fatalf("%s: scan = %v, %d", name, done, alert)
		}
		half := len(message) / 2
		want := append([]byte{22, 3, 1, 1, 0x82}, message[:half]...)
		want = append(want, 22, 3, 1, 1, 0x82)
		want = append(append(want, message[half:]...), "behind"...)
		if got := h.split(in); !bytes.Equal(got, want) {
			t.Errorf("%s: got %d octets, want %d: %x", name, len(got), len(want), got)
		}
	}
	small := []byte{22, 3, 1, 0, 5, typeClientHello, 0, 0, 1, 9}
	var h hello
	h.scan(small)
	if got := h.split(small); &got[0] != &small[0] {
		t.Error("a small hello was split")
	}
}
