// Command grpc has the client of grpc-go talk to a handler of ours that speaks
// gRPC: one connection with many long streams, messages both ways on each, and a
// second one with short calls. Every message, every trailer and every status is
// checked. It ends with an error if one is wrong.
//
//	GOWORK=off go run . -for 1m
//
// With -rounds it compares the flood ledger at work with one that only observes:
// alternating runs, processor time of the server for each message.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

type options struct {
	serve, observe bool
	streams, calls int
	rounds         int
	duration       time.Duration
}

func main() {
	var o options
	flag.BoolVar(&o.serve, "serve", false, "only serve, until standard input ends")
	flag.BoolVar(&o.observe, "observe", false, "the flood ledger counts and cuts nothing")
	flag.IntVar(&o.streams, "streams", 1000, "long streams at once, on one connection")
	flag.IntVar(&o.calls, "calls", 50, "short calls at once, on another connection")
	flag.IntVar(&o.rounds, "rounds", 0, "compare the ledger on against observing, in that many rounds")
	flag.DurationVar(&o.duration, "for", 3*time.Second, "how long each run takes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case o.serve:
		err = serve(ctx, o)
	case o.rounds > 0:
		err = compare(ctx, o)
	default:
		var r result
		if r, err = run(ctx, o); err == nil {
			fmt.Println(r)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "grpc:", err)
		os.Exit(1)
	}
}

// compare prints the medians with the ledger on and observing.
func compare(ctx context.Context, o options) error {
	costs := map[bool][]float64{}
	for range o.rounds {
		for _, observe := range []bool{false, true} {
			o.observe = observe
			r, err := run(ctx, o)
			if err != nil {
				return err
			}
			fmt.Printf("observe=%v: %v\n", observe, r)
			costs[observe] = append(costs[observe], r.cpu())
		}
	}
	on, off := median(costs[false]), median(costs[true])
	fmt.Printf("processor time a message: %.2f us with the ledger, %.2f us observing: %+.1f %%\n", on, off, 100*(on/off-1))
	return nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// A result is what a run has seen.
type result struct {
	streams, calls int           // that ended well
	messages       int64         // there and back
	took           time.Duration // of the client
	server         time.Duration // processor time
	resident       int64         // of the server at most, in bytes
}

// cpu is the server's processor time for a message, in microseconds.
func (r result) cpu() float64 {
	return float64(r.server.Microseconds()) / float64(r.messages+int64(r.calls))
}

func (r result) String() string {
	return fmt.Sprintf("%d streams at once and %d calls, all whole; %d messages there and back in %.1f s, %.0f a second; server: %.2f us of processor time a message, %d MiB",
		r.streams, r.calls, r.messages, r.took.Seconds(), float64(r.messages+int64(r.calls))/r.took.Seconds(), r.cpu(), r.resident>>20)
}
