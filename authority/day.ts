/** What quotas of a day count back from now. */
export const DAY_SEC = 86_400;
