import { Retransmissions, type Timers } from "../../core/replay/retransmissions.js";
import type { Link } from "../net/links/index.js";

/** The same link for SIP over UDP, which repeats what is lost and tells what comes only once (RFC 3261 §17). */
export function withTransactions(link: Link, timers?: Timers): Link {
	const transactions = new Retransmissions(timers);
	let timer: NodeJS.Timeout | undefined;
	const plan = (): void => {
		clearTimeout(timer);
		const { next } = transactions;
		if (next === undefined) return;
		timer = setTimeout(
			() => {
				for (const octets of transactions.due(performance.now())) link.send(octets);
				plan();
			},
			Math.max(0, next - performance.now()),
		);
	};
	const stop = (): void => {
		clearTimeout(timer);
		timer = undefined;
	};
	const outer: Link = {
		transport: link.transport,
		local: link.local,
		remote: link.remote,
		send: (octets) => {
			transactions.sent(octets, performance.now());
			link.send(octets);
			plan();
		},
		end: () => {
			stop();
			link.end();
		},
		destroy: () => {
			stop();
			link.destroy();
		},
		onData: () => {},
		onClose: () => {},
	};
	link.onData = (octets) => {
		const { news, send } = transactions.received(octets, performance.now());
		for (const again of send) link.send(again);
		plan();
		if (news) outer.onData(octets);
	};
	link.onClose = () => {
		stop();
		outer.onClose();
	};
	return outer;
}
