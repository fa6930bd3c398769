module reactor.example/websocket

go 1.26.0
