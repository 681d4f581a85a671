/**
 * When this process began, in milliseconds since 1970. With its id it tells this process from an earlier one that had the
 * id: in a container that is started again that is the rule.
 */
export const BEGAN = Math.floor(Date.now() - 1000 * process.uptime());

/** Whether a process with this id runs on this machine. */
export function lives(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
