/** What the end-to-end tests need to know of Netty: whether a buffer was lost. */
package sluice.endtoend.netty;
