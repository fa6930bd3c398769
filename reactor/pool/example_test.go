package pool_test

import (
	"context"
	"errors"
	"fmt"

	"reactor.example/reactor/pool"
)

func Example() {
	ctx := context.Background()
	p := pool.New(pool.Config{Workers: 2})
	if err := p.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer p.Stop(ctx)

	sum, err := pool.Call(ctx, p, func(context.Context) (int, error) {
		n := 0
		for i := range 101 {
			n += i
		}
		return n, nil
	})
	fmt.Println(sum, err)

	job, err := p.Submit(ctx, func(context.Context) error { panic("out of paper") })
	if err != nil {
		fmt.Println(err)
		return
	}
	err = job.Wait(ctx)
	var pe *pool.PanicError
	fmt.Println(errors.As(err, &pe), err)
	// Output:
	// 5050 <nil>
	// true pool: the function panicked: out of paper
}

func ExampleJob_Cancel() {
	ctx := context.Background()
	p := pool.New(pool.Config{Workers: 1})
	if err := p.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer p.Stop(ctx)

	begun := make(chan struct{})
	job, err := p.Submit(ctx, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done() // work would look at it between two steps
		return fmt.Errorf("gave up: %w", ctx.Err())
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	<-begun
	job.Cancel()
	fmt.Println(job.Wait(ctx))
	// Output: gave up: context canceled
}
