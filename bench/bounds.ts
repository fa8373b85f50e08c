/** How far a side's results may be from monge's; training.ts says what the last two mean. */
export const most = { results: 1e-4, "results after the timing": 1e-4, losses: 1e-3, changes: 2e-2 };
