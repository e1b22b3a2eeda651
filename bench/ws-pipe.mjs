// Two WebSocket endpoints back to back. node bench/ws-pipe.mjs TARGET_PORT; prints its own port.
import { WebSocket, WebSocketServer } from "ws";

const target = Number(process.argv[2]);
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "msrp" }, () => console.log(server.address().port));
server.on("connection", (client) => {
	client.pause();
	const onward = new WebSocket(`ws://127.0.0.1:${target}/`, "msrp");
	onward.on("open", () => {
		client.on("message", (data, binary) => onward.send(data, { binary }));
		onward.on("message", (data, binary) => client.send(data, { binary }));
		client.on("close", () => onward.close());
		onward.on("close", () => client.close());
		client.resume();
	});
	onward.on("error", () => client.terminate());
});
