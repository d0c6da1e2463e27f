/** Which of this process's threads has a processor first. */
package sluice.upstream.thread;
