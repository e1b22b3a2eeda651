import type { AnchorPort, AnchorPorts, AnchorRequest } from "../../src/core/anchor/types.js";

/** Listeners that are only numbers; answers at once, or when told to. */
export class FakePorts implements AnchorPorts {
	readonly opened: { request: AnchorRequest; port: AnchorPort; closed: boolean; expire(): void }[] = [];
	readonly waiting: (() => void)[] = [];
	later = false;
	refuse = false;
	#next = 30_000;

	open(request: AnchorRequest, answer: (result: AnchorPort | { refused: string }) => void, closed: () => void): void {
		const give = (): void => {
			if (this.refuse) {
				answer({ refused: "no port is free" });
				return;
			}
			const entry = {
				request,
				closed: false,
				expire: () => {
					entry.closed = true;
					closed();
				},
				port: {
					host: request.host,
					port: this.#next++,
					...(request.secure ? { fingerprint: "SHA-256 AA:BB" } : {}),
					close: () => {
						entry.closed = true;
					},
				},
			};
			this.opened.push(entry);
			answer(entry.port);
		};
		if (this.later) this.waiting.push(give);
		else give();
	}

	get live(): number[] {
		return this.opened.filter(({ closed }) => !closed).map(({ port }) => port.port);
	}
}
