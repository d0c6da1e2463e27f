/** What the API says of pools and does with them, in its own shapes and in those of other systems; pure. */
package sluice.proxy.api.pool;
