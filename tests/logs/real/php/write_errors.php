<?php
// Lets PHP itself write the story into its error log, the failure last because it ends the program: PAYMENT.
function capture(string $payment): void
{
    throw new RuntimeException("no reservation for $payment");
}

trigger_error("callback received for $argv[1]", E_USER_NOTICE);
trigger_error('tried again', E_USER_WARNING);
capture($argv[1]);
