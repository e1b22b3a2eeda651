import type { Chat } from "../client/chat.js";
import type { Client } from "../client/client.js";

export const USERS = ["alice", "bob", "carol"] as const;
export type UserName = (typeof USERS)[number];

export interface Refusal {
	user: UserName;
	text: string;
	status: number;
}

export interface Stage {
	clients: Readonly<Record<UserName, Client>>;
	factory: string;
	/** told before each act: what follows belongs to it */
	act(title: string): Promise<void>;
}

/** Milliseconds that an act may take before the scene is given up. */
const PATIENCE = 10_000;

const MINUTES = `Minutes of last time: ${"the wind was good, the coffee was not, and nobody had the key to the shed. ".repeat(60).trim()}`;

/**
 * Alice opens a room and has Bob and Carol invited; they chat, in public and in private, and leave one by one. Every act is over
 * when everybody has what they wait for, so the order is the same in every run. What the room refuses is part of the story.
 */
export async function play({ clients, factory, act }: Stage): Promise<{ chats: Readonly<Record<UserName, Chat>>; refused: Refusal[] }> {
	const { alice, bob, carol } = clients;
	const refused: Refusal[] = [];
	await act("calls");
	for (const client of [alice, bob, carol]) await expect(`REGISTER of ${client.user}`, client.register());
	const a = await alice.call(factory, [bob.user, carol.user]);
	const [b, c] = [await bob.called(), await carol.called()];
	const chats = { alice: a, bob: b, carol: c };
	for (const chat of [a, b, c]) await chat.seen("Carol joined", PATIENCE);
	await act("who is there");
	for (const chat of [a, b, c]) {
		await expect("SUBSCRIBE", chat.subscribe());
		await chat.until("the roster", () => (chat.roster.size === 3 ? true : undefined), PATIENCE);
	}
	const say = async (user: UserName, text: string, to: readonly UserName[], options: { to?: UserName } = {}): Promise<void> => {
		const receipt = options.to === undefined ? await chats[user].say(text) : await chats[user].tell([clients[options.to].user], text);
		if (receipt.status !== 200) {
			refused.push({ user, text, status: receipt.status });
			return;
		}
		for (const reader of to) await chats[reader].seen(text, PATIENCE);
		await chats[user].until("all receipts", () => (receipt.displayed.length === to.length ? true : undefined), PATIENCE);
	};
	await act("chat");
	await say("alice", "Hi all, sailing on Sunday?", ["bob", "carol"]);
	await act("typing");
	if ((await b.composing()).status === 200) await a.until("typing", () => a.screen.find(({ kind }) => kind === "composing"), PATIENCE);
	await act("chat");
	await say("bob", "Count me in!", ["alice", "carol"]);
	await act("chat");
	await say("alice", "Bob, do you have the key?", ["bob"], { to: "bob" });
	await act("chat");
	await expect("NICKNAME", c.nickname("Captain"));
	for (const chat of [a, b, c]) await chat.seen("Carol is now Captain", PATIENCE);
	await act("chat");
	await say("carol", MINUTES, ["alice", "bob"]);
	await act("leaving");
	await leave(c);
	for (const chat of [a, b]) await chat.seen("Captain left", PATIENCE);
	await act("leaving");
	await leave(b);
	await a.seen("Bob left", PATIENCE);
	await act("leaving");
	await leave(a);
	return { chats, refused };
}

/** Hangs up when everything that was said has been answered: the answer to one more SEND comes after all others. */
async function leave(chat: Chat): Promise<void> {
	await chat.session.hello();
	await chat.bye();
}

async function expect(what: string, status: Promise<number>): Promise<void> {
	const got = await status;
	if (got !== 200) throw new Error(`${what} was answered with ${got === 0 ? "nothing" : got}`);
}
