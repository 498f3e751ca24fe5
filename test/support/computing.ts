/** From now on counts how long this process computes, in milliseconds; what else the machine does meanwhile is no part of it. */
export function computing(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}
