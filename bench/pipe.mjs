// The yardstick: the smallest TCP proxy that Node can be. node bench/pipe.mjs TARGET_PORT; prints its own port.
import { connect, createServer } from "node:net";

const target = Number(process.argv[2]);
const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
	const onward = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
	client.pipe(onward);
	onward.pipe(client);
	client.on("error", () => onward.destroy());
	onward.on("error", () => client.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
