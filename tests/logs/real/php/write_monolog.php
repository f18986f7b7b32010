<?php
// Writes the story with Monolog, in its own line, in the one that Laravel sets, and as JSON: FOLDER PAYMENT.
require 'Psr/Log/autoload.php';
require 'Monolog/autoload.php';

use Monolog\Formatter\JsonFormatter;
use Monolog\Formatter\LineFormatter;
use Monolog\Handler\StreamHandler;
use Monolog\Logger;

[, $folder, $payment] = $argv;
$laravel = new LineFormatter(null, 'Y-m-d H:i:s', true, true, true);
foreach (['default' => new LineFormatter(), 'laravel' => $laravel, 'json' => new JsonFormatter()] as $style => $formatter) {
    $handler = new StreamHandler("$folder/$style.log");
    $handler->setFormatter($formatter);
    $logger = new Logger('shop', [$handler]);
    $logger->info('callback received', ['payment' => $payment]);
    try {
        throw new RuntimeException("no reservation for $payment");
    } catch (RuntimeException $exception) {
        $logger->error('capture failed', ['exception' => $exception]);
    }
    $logger->warning('gave up');
}
