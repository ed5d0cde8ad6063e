<?php
// A website that survives everything: php -S 127.0.0.1:8000 site.php
session_start();

function ask(string $method, string $endpoint, array $params): array
{
    $url = getenv("LOOKLOOX_BASE_URL") . "/api/$endpoint";
    $query = http_build_query($params);
    $request = $method === "GET" ? [] : [
        "method" => $method,
        "header" => "Content-Type: application/x-www-form-urlencoded",
        "content" => $query,
    ];
    // file_get_contents() checks certificates by itself; only a private authority needs a file.
    $context = stream_context_create([
        "http" => ["timeout" => 5, "follow_location" => 0, "ignore_errors" => true] + $request,
        "ssl" => array_filter(["cafile" => getenv("LOOKLOOX_CA_FILE")]),
    ]);
    $body = @file_get_contents($method === "GET" ? "$url?$query" : $url, false, $context);
    $is_ok = str_contains($http_response_header[0] ?? "", " 200 ");
    $answer = $is_ok ? json_decode(preg_replace("/^\xEF\xBB\xBF/", "", (string) $body), true) : null;
    if (!is_array($answer)) {
        throw new RuntimeException("$endpoint gave no answer");
    }
    return $answer;
}

function fetch_user(string $auth_key): array
{
    $app = [
        "app_id" => getenv("LOOKLOOX_APP_ID"),
        "app_secret" => getenv("LOOKLOOX_APP_SECRET"),
        "auth_key" => $auth_key,
    ];
    $answer = ask("GET", "authorize", $app);
    if (($answer["message"] ?? "") === "Bad Request, invalid app_id") {
        $answer = ask("POST", "authorize", $app);  // newer servers look for it in a form
    }
    $token = $answer["access_token"] ?? "";
    if (!empty($answer["error"]) || !is_string($token) || $token === "") {
        throw new RuntimeException("no access_token");
    }
    $answer = ask("GET", "get_user_info", ["access_token" => $token]);
    if (!empty($answer["error"]) || empty($answer["user_info"]["user_id"])) {
        throw new RuntimeException("no user_id");
    }
    return $answer["user_info"];
}

switch (parse_url($_SERVER["REQUEST_URI"], PHP_URL_PATH)) {
    case "/login":
        $_SESSION["login_begun"] = true;
        $url = getenv("LOOKLOOX_BASE_URL") . "/api/oauth?app_id=" . getenv("LOOKLOOX_APP_ID");
        header("Location: $url");
        break;
    case "/callback":
        $begun = $_SESSION["login_begun"] ?? false;
        unset($_SESSION["login_begun"]);
        if (!$begun || empty($_GET["auth_key"])) {
            http_response_code(403);
            exit("This login did not begin here. <a href='/login'>Log in</a>");
        }
        try {
            $user = fetch_user($_GET["auth_key"]);
        } catch (RuntimeException) {
            http_response_code(401);
            exit("Look Loox could not log you in. <a href='/login'>Try again</a>");
        }
        session_regenerate_id(true);
        $_SESSION["user_id"] = $user["user_id"];
        $_SESSION["name"] = ($user["user_firstname"] ?? "") ?: $user["user_name"];
        header("Location: /account");
        break;
    case "/account":
        if (!isset($_SESSION["user_id"])) {
            header("Location: /");
            break;
        }
        echo "Welcome, " . htmlspecialchars($_SESSION["name"]);
        break;
    default:
        echo "<a href='/login'>Log in with Look Loox</a>";
}
